import { describe, it } from "vitest";
import { birthDeath } from "./formulas.ts";
import { api, expectTheory, meanMs, replicate, station, web } from "./replications.ts";

describe("a closed loop (machine repair)", () => {
  /** Thinking users come back at rate 1 / think each; `workers` serve at rate 1 / service each. */
  it.each([
    [1, 1, 5, 2],
    [5, 1, 5, 2],
    [20, 1, 20, 1],
    [10, 3, 4, 2],
  ])("%d users, %d workers, think %d ms, service %d ms", (users, workers, think, service) => {
    const cycle = think + service;
    const world = station(
      { workers, time: { exponential: { mean: `${service}ms` } } },
      { closed: { users, think: { exponential: { mean: `${think}ms` } } } },
      // The slowest rate of a finite population is at least that of one user: 1 / think.
      (20 * cycle) / 1000,
      (5_000 * cycle) / users / 1000,
    );
    const results = replicate(world, { seed: `closed-${users}-${workers}` });
    const states = birthDeath(
      users,
      (k) => (users - k) / think,
      (k) => Math.min(k, workers) / service,
    );
    const busy = states.reduce((sum, p, k) => sum + p * Math.min(k, workers), 0);
    const throughput = busy / service;
    expectTheory("utilisation", results, (result) => api(result).utilisation!, busy / workers);
    expectTheory("throughput", results, (result) => web(result).rps, throughput * 1000);
    expectTheory("response", results, meanMs, users / throughput - think);
  });

  it("of one user without thought keeps the worker busy", () => {
    const world = station(
      { workers: 1, time: { exponential: { mean: "1ms" } } },
      { closed: { users: 3 } },
      0.1,
      5,
    );
    const results = replicate(world, { seed: "saturated" });
    expectTheory("utilisation", results, (result) => api(result).utilisation!, 1);
    expectTheory("throughput", results, (result) => web(result).rps, 1000);
    expectTheory("response", results, meanMs, 3);
  });

  it("depends on the mean of the think time alone", () => {
    const [users, think, service] = [5, 5, 2];
    const arrivals = { closed: { users, think: { uniform: { min: "0ms", max: `${2 * think}ms` } } } };
    const time = { exponential: { mean: `${service}ms` } };
    const results = replicate(station({ workers: 1, time }, arrivals, 0.2, 12), { seed: "closed-uniform" });
    const states = birthDeath(
      users,
      (k) => (users - k) / think,
      () => 1 / service,
    );
    expectTheory("utilisation", results, (result) => api(result).utilisation!, 1 - states[0]!);
  });
});
