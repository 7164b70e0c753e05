// The plainest event engine that C++ has: std::priority_queue of small structs, cancelled timers left in the queue.
// One event is 24 bytes; time is a double in units of the workload.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <queue>
#include <vector>

struct Event {
  double time;
  uint32_t sequence;
  uint32_t kind;
  uint32_t subject;
  uint32_t generation;
};

struct Later {
  bool operator()(const Event &left, const Event &right) const {
    return left.time > right.time || (left.time == right.time && left.sequence > right.sequence);
  }
};

class Engine {
public:
  double now = 0;

  void after(double delay, uint32_t kind, uint32_t subject = 0, uint32_t generation = 0) {
    pending.push(Event{now + delay, sequence++, kind, subject, generation});
  }

  void stop() { stopped = true; }

  template <class Handler> void run(Handler handle) {
    while (!stopped && !pending.empty()) {
      const Event event = pending.top();
      pending.pop();
      now = event.time;
      handle(event);
    }
  }

private:
  std::priority_queue<Event, std::vector<Event>, Later> pending;
  uint32_t sequence = 0;
  bool stopped = false;
};

// xoshiro256++ (Blackman and Vigna), its state filled by splitmix64.
class Random {
public:
  explicit Random(uint64_t seed) {
    for (uint64_t &word : state) {
      seed += 0x9e3779b97f4a7c15u;
      uint64_t mixed = seed;
      mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
      mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
      word = mixed ^ (mixed >> 31);
    }
  }

  uint64_t bits() {
    const uint64_t result = rotated(state[0] + state[3], 23) + state[0];
    const uint64_t shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotated(state[3], 45);
    return result;
  }

  // Uniform in [0, 1), 53 bits.
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

  // Uniform whole number in [0, n).
  uint32_t below(uint32_t n) { return static_cast<uint32_t>(((bits() >> 32) * n) >> 32); }

  double exponential(double mean) { return -mean * std::log1p(-uniform()); }

  // Standard normal by the polar method.
  double normal() {
    if (hasSpare) {
      hasSpare = false;
      return spare;
    }
    double x, y, square;
    do {
      x = 2 * uniform() - 1;
      y = 2 * uniform() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square == 0);
    const double scale = std::sqrt(-2 * std::log(square) / square);
    spare = y * scale;
    hasSpare = true;
    return x * scale;
  }

private:
  uint64_t state[4];
  double spare = 0;
  bool hasSpare = false;

  static uint64_t rotated(uint64_t word, int by) { return (word << by) | (word >> (64 - by)); }
};
