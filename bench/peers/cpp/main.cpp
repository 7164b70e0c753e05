// cpp-pq WORKLOAD [N] [SEED] [PENDING]: runs one workload and prints one line of JSON.
#include "workloads.hpp"
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <sys/resource.h>

static double cpuSeconds() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

static double wallSeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

template <class Workload, class After>
static int measure(const std::string &name, Workload &&workload, After after) {
  const double wall = wallSeconds(), cpu = cpuSeconds();
  Outcome outcome = workload.run();
  const double seconds = wallSeconds() - wall, used = cpuSeconds() - cpu;
  outcome.more += after(workload);
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  std::printf("{\"peer\":\"cpp-pq\",\"workload\":\"%s\",\"events\":%llu,\"customers\":%llu,\"seconds\":%.6f,\"cpu_s\":%.6f,"
              "\"events_per_s\":%.0f%s,\"rss_mb\":%.1f}\n",
              name.c_str(), static_cast<unsigned long long>(outcome.events),
              static_cast<unsigned long long>(outcome.customers), seconds, used,
              static_cast<double>(outcome.events) / seconds, outcome.more.c_str(),
              static_cast<double>(usage.ru_maxrss) / 1024);
  return 0;
}

int main(int count, char **values) {
  const auto number = [&](int index, uint64_t otherwise) {
    return count > index && *values[index] ? std::strtoull(values[index], nullptr, 10) : otherwise;
  };
  const auto nothing = [](const auto &) { return std::string(); };
  const std::string name = count > 1 ? values[1] : "";
  const uint64_t seed = number(3, 1), pending = number(4, 100000);
  if (name == "mm1") return measure(name, SingleServer(number(2, 2000000), seed), nothing);
  if (name == "mesh" || name == "mesh-whole-ms") {
    const auto quantiles = [](const Mesh &mesh) { return mesh.quantiles(); };
    return measure(name, Mesh(number(2, 1000000), seed, name == "mesh-whole-ms"), quantiles);
  }
  if (name == "timers") return measure(name, Timers(number(2, 2000000), seed, pending), nothing);
  if (name == "cancel" || name == "cancel-vary") {
    return measure(name, Cancel(number(2, 2000000), seed, pending, name == "cancel-vary"), nothing);
  }
  std::fprintf(stderr, "usage: cpp-pq mm1|mesh|mesh-whole-ms|timers|cancel|cancel-vary [N] [SEED] [PENDING]\n");
  return 2;
}
