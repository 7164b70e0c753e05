// W1, W3, W4 and W5, as bench/README.md describes them.
#pragma once
#include "engine.hpp"
#include <algorithm>
#include <deque>
#include <string>

// What a run found, as members of a JSON object, and the size by which its cost is divided.
struct Outcome {
  uint64_t events = 0;
  uint64_t customers = 0;
  std::string more;
};

template <class Number> std::string member(const char *name, Number value) {
  return ",\"" + std::string(name) + "\":" + std::to_string(value);
}

// W1: M/M/1 at 90 % utilisation. The unit is a mean service time.
class SingleServer {
public:
  SingleServer(uint64_t customers, uint64_t seed) : customers(customers), random(seed) {}

  Outcome run() {
    engine.after(random.exponential(gap), arrival);
    engine.run([this](const Event &event) {
      events++;
      if (event.kind == arrival) arrive();
      else depart();
    });
    return {events, customers, member("mean_sojourn", sojourn / static_cast<double>(customers))};
  }

private:
  enum Kind { arrival, departure };
  static constexpr double gap = 1 / 0.9;
  const uint64_t customers;
  Random random;
  Engine engine;
  // When each customer in the system came; the first is in service.
  std::deque<double> present;
  uint64_t arrived = 0, events = 0;
  double sojourn = 0;

  void arrive() {
    if (++arrived < customers) engine.after(random.exponential(gap), arrival);
    present.push_back(engine.now);
    if (present.size() == 1) engine.after(random.exponential(1), departure);
  }

  void depart() {
    sojourn += engine.now - present.front();
    present.pop_front();
    if (!present.empty()) engine.after(random.exponential(1), departure);
  }
};

// W3: one proxy before twenty hosts. The unit is a millisecond. With whole milliseconds of back-off, as Envoy has
// them, or with all of the interval.
class Mesh {
public:
  Mesh(uint64_t count, uint64_t seed, bool isBackOffWhole)
      : count(count), isBackOffWhole(isBackOffWhole), random(seed), hosts(hostCount) {
    latencies.reserve(count);
  }

  Outcome run() {
    engine.after(random.exponential(gap), arrival);
    engine.run([this](const Event &event) { handle(event); });
    return {events, count,
            member("attempts", attemptCount) + member("timeouts", timeouts) + member("failed", failed)};
  }

  // All but the first tenth that finished. Apart, because sorting is not part of the work.
  std::string quantiles() const {
    std::vector<double> sorted(latencies.begin() + static_cast<std::ptrdiff_t>(count / 10), latencies.end());
    double sum = 0;
    for (double latency : sorted) sum += latency;
    std::sort(sorted.begin(), sorted.end());
    const double size = static_cast<double>(sorted.size());
    return member("mean_sojourn", sum / size) + member("p50", sorted[static_cast<size_t>(0.5 * size)]) +
           member("p99", sorted[static_cast<size_t>(0.99 * size)]);
  }

private:
  enum Kind { arrival, reach, served, response, timeout, retry };
  struct Request {
    double start;
    uint32_t attempts;
  };
  // The generation tells a timer of an earlier attempt in the same place.
  struct Attempt {
    uint32_t request, host, generation;
    bool isDead, isFailure;
  };
  struct Host {
    uint32_t active = 0, busy = 0;
    std::deque<uint32_t> waiting;
  };

  static constexpr uint32_t hostCount = 20, workers = 4, maxAttempts = 3;
  static constexpr double utilisation = 0.7, median = 8, sigma = 0.6, link = 0.25, patience = 100;
  static constexpr double failureShare = 0.01, backOff = 25;
  const double gap = median * std::exp(sigma * sigma / 2) / (utilisation * hostCount * workers);
  const uint64_t count;
  const bool isBackOffWhole;
  Random random;
  Engine engine;
  std::vector<Host> hosts;
  std::vector<Request> requests;
  std::vector<Attempt> attempts;
  std::vector<uint32_t> freeRequests, freeAttempts;
  std::vector<double> latencies;
  uint64_t arrived = 0, events = 0, attemptCount = 0, timeouts = 0, failed = 0;

  template <class T> static uint32_t place(std::vector<T> &all, std::vector<uint32_t> &free) {
    if (free.empty()) {
      all.push_back(T{});
      return static_cast<uint32_t>(all.size() - 1);
    }
    const uint32_t index = free.back();
    free.pop_back();
    return index;
  }

  void handle(const Event &event) {
    if (event.kind == timeout && attempts[event.subject].generation != event.generation) return;
    events++;
    switch (event.kind) {
    case arrival: return arrive();
    case reach: return reached(event.subject);
    case served: return finishService(event.subject);
    case response: return respond(event.subject);
    case timeout: return timeOut(event.subject);
    case retry: return send(event.subject);
    }
  }

  void arrive() {
    if (++arrived < count) engine.after(random.exponential(gap), arrival);
    const uint32_t request = place(requests, freeRequests);
    requests[request] = Request{engine.now, 0};
    send(request);
  }

  void send(uint32_t request) {
    attemptCount++;
    requests[request].attempts++;
    const uint32_t first = random.below(hostCount), second = random.below(hostCount);
    const uint32_t host = hosts[second].active < hosts[first].active ? second : first;
    hosts[host].active++;
    const uint32_t index = place(attempts, freeAttempts);
    Attempt &attempt = attempts[index];
    attempt.request = request;
    attempt.host = host;
    attempt.isDead = attempt.isFailure = false;
    engine.after(patience, timeout, index, attempt.generation);
    engine.after(link, reach, index);
  }

  void reached(uint32_t attempt) {
    Host &host = hosts[attempts[attempt].host];
    if (host.busy == workers) host.waiting.push_back(attempt);
    else {
      host.busy++;
      serve(attempt);
    }
  }

  void serve(uint32_t attempt) { engine.after(median * std::exp(sigma * random.normal()), served, attempt); }

  void finishService(uint32_t attempt) {
    attempts[attempt].isFailure = random.uniform() < failureShare;
    Host &host = hosts[attempts[attempt].host];
    if (host.waiting.empty()) host.busy--;
    else {
      serve(host.waiting.front());
      host.waiting.pop_front();
    }
    engine.after(link, response, attempt);
  }

  void respond(uint32_t index) {
    const Attempt attempt = attempts[index];
    attempts[index].generation++;
    freeAttempts.push_back(index);
    if (attempt.isDead) return;
    hosts[attempt.host].active--;
    if (attempt.isFailure) again(attempt.request);
    else finish(attempt.request);
  }

  void timeOut(uint32_t attempt) {
    timeouts++;
    attempts[attempt].isDead = true;
    hosts[attempts[attempt].host].active--;
    again(attempts[attempt].request);
  }

  void again(uint32_t request) {
    if (requests[request].attempts == maxAttempts) {
      failed++;
      return finish(request);
    }
    const double longest = backOff * (1u << (requests[request].attempts - 1));
    const double delay = random.uniform() * longest;
    engine.after(isBackOffWhole ? std::floor(delay) : delay, retry, request);
  }

  void finish(uint32_t request) {
    latencies.push_back(engine.now - requests[request].start);
    freeRequests.push_back(request);
  }
};

// W4: `pending` events; the earliest is taken and put back at an exponential distance.
class Timers {
public:
  Timers(uint64_t operations, uint64_t seed, uint64_t pending)
      : operations(operations), pending(pending), random(seed) {
    for (uint64_t i = 0; i < pending; i++) engine.after(random.exponential(1), 0, static_cast<uint32_t>(i));
  }

  Outcome run() {
    uint64_t done = 0;
    engine.run([&](const Event &event) {
      engine.after(random.exponential(1), 0, event.subject);
      if (++done == operations) engine.stop();
    });
    const double rounds = static_cast<double>(done) / static_cast<double>(pending);
    return {done, 0, member("mean_hold", engine.now / rounds)};
  }

private:
  const uint64_t operations, pending;
  Random random;
  Engine engine;
};

// W5: `inFlight` requests of 10 ms on average, each with a timeout that is cancelled when it ends.
class Cancel {
public:
  Cancel(uint64_t operations, uint64_t seed, uint64_t inFlight, bool isVarying)
      : operations(operations), isVarying(isVarying), random(seed), generations(inFlight) {
    for (uint32_t i = 0; i < inFlight; i++) start(i);
  }

  Outcome run() {
    uint64_t done = 0, timeouts = 0;
    engine.run([&](const Event &event) {
      if (generations[event.subject] != event.generation) return;
      if (event.kind == timeout) timeouts++;
      generations[event.subject]++;
      start(event.subject);
      if (event.kind == completion && ++done == operations) engine.stop();
    });
    return {done, 0, member("timeouts", timeouts)};
  }

private:
  enum Kind { completion, timeout };
  const uint64_t operations;
  const bool isVarying;
  Random random;
  Engine engine;
  std::vector<uint32_t> generations;

  void start(uint32_t request) {
    engine.after(random.exponential(10), completion, request, generations[request]);
    engine.after(isVarying ? 100 * (0.5 + random.uniform()) : 100, timeout, request, generations[request]);
  }
};
