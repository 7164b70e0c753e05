/**
 * Envoy waits whole milliseconds before a retry, 0 to 24 and 0 to 49; the others draw from all of [0, 25) and
 * [0, 50). The hundredth of the requests that is retried ends half a millisecond earlier, which moves p99. From
 * `cpp-pq mesh-whole-ms`, 100 seeds of 1,000,000 requests.
 */
const MESH_IN_WHOLE_MS = {
  mean_sojourn: { value: 10.6025, variance: 0.0194 ** 2 * 2e5, error: 0.0009 },
  p50: { value: 8.8765, variance: 0.0165 ** 2 * 2e5, error: 0.0007 },
  p99: { value: 36.369, variance: 0.1922 ** 2 * 2e5, error: 0.0086 },
};

/**
 * What is run, how large, and what the answer must be. Sizes make a run last from 0.3 to 3 seconds; SimPy
 * gets less work. The references of `mesh` come from three engines in C++ with different queues and number
 * types, 120 seeds of 200,000 requests each; `error` is their own standard error.
 */
export const WORKLOADS = {
  mm1: {
    title: "W1 mm1: a queue with one server",
    unit: "customer",
    sizes: { "cpp-pq": 2e6, kernel: 2e6, simpy: 1e5 },
    // Mean sojourn 1 / (1 - 0.9); successive customers are strongly correlated.
    references: { mean_sojourn: { value: 10, variance: 35_901, error: 0 } },
  },
  mesh: {
    title: "W3 mesh: a proxy before twenty hosts",
    unit: "request",
    sizes: { "cpp-pq": 1e6, kernel: 1e6, simpy: 3e4, product: 1e6 },
    // Three engines in C++ with different queues and number types, 120 seeds of 200,000 requests each.
    references: {
      mean_sojourn: { value: 10.6063, variance: 0.0223 ** 2 * 2e5, error: 0.001 },
      p50: { value: 8.8754, variance: 0.0206 ** 2 * 2e5, error: 0.00095 },
      p99: { value: 36.505, variance: 0.193 ** 2 * 2e5, error: 0.009 },
    },
    referencesOf: { product: MESH_IN_WHOLE_MS },
    targets: { kernel: 1.4, product: 4.5 },
  },
  everything: {
    title: "W3 everything: the same with every mechanism of the proxy switched on",
    unit: "request",
    sizes: { product: 1e6, everything: 1e6 },
    // None of them has anything to do.
    references: MESH_IN_WHOLE_MS,
    ratioTo: ["product"],
    targets: { everything: 2 },
  },
  timers: {
    title: "W4 timers: take the earliest of many, put it back later",
    unit: "operation",
    sizes: { "cpp-pq": 5e6, kernel: 5e6, simpy: 2e5 },
    pending: 100_000,
    // All timers together are a Poisson process.
    references: { mean_hold: { value: 1, variance: 1, error: 0 } },
    targets: { kernel: 1.2 },
  },
  cancel: {
    title: "W5 cancel: a timeout of 100 ms, set and nearly always cancelled",
    unit: "operation",
    sizes: { "cpp-pq": 2e6, kernel: 2e6 },
    pending: 1000,
    references: {},
  },
  "cancel-vary": {
    title: "W5 cancel: a timeout of 50 to 150 ms, set and nearly always cancelled",
    unit: "operation",
    sizes: { "cpp-pq": 2e6, kernel: 2e6 },
    pending: 1000,
    references: {},
  },
};

/** By how much --quick divides the sizes of what is slow. (Less work for an engine that compiles measures its compiler.) */
export const QUICK_DIVISORS = { simpy: 5, product: 5, everything: 5 };
