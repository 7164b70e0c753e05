import { describe, it } from "vitest";
import { birthDeath, erlangB, meanOf } from "./formulas.ts";
import { api, expectTheory, meanMs, replicate, shareOf, station, web } from "./replications.ts";

const EXPONENTIAL = { exponential: { mean: "1ms" } };

/** Relaxation times here are a few service times of 1 ms, for whatever is refused does not have to be worked off. */
const WARMUP_S = 0.1;
const REQUESTS = 5_000;

describe("M/G/c/c: nobody may wait (Erlang B)", () => {
  // Whatever the distribution of service times, only their mean counts.
  const times: [string, unknown][] = [
    ["exponential", EXPONENTIAL],
    ["constant", "1ms"],
    ["lognormal", { lognormal: { median: `${Math.exp(-0.5)}ms`, sigma: 1 } }],
  ];

  it.each([...times.map((time) => [...time, 5, 4] as const), ["exponential", EXPONENTIAL, 2, 3] as const])(
    "%s service, %o: %d workers, %d Erlangs",
    (name, time, workers, load) => {
      const world = station(
        { workers, queue: 0, time },
        { poisson: `${load * 1000}/s` },
        WARMUP_S,
        REQUESTS / load / 1000,
      );
      const results = replicate(world, { seed: `erlang-b-${name}-${workers}` });
      const blocked = erlangB(workers, load);
      expectTheory("503", results, shareOf("503"), blocked);
      expectTheory("success", results, (result) => web(result).successRate!, 1 - blocked);
      expectTheory(
        "utilisation",
        results,
        (result) => api(result).utilisation!,
        (load * (1 - blocked)) / workers,
      );
      expectTheory("latency", results, (result) => web(result).latencyOkMs!.mean, 1);
    },
  );
});

describe("M/M/c/K: a limited queue", () => {
  it.each([
    [1, 4, 0.8],
    [1, 9, 1.2],
    [3, 5, 2.7],
  ])("%d workers, %d may wait, %d Erlangs", (workers, queue, load) => {
    const world = station(
      { workers, queue, time: EXPONENTIAL },
      { poisson: `${load * 1000}/s` },
      WARMUP_S,
      (2 * REQUESTS) / load / 1000,
    );
    const results = replicate(world, { seed: `mmck-${workers}-${queue}` });
    const states = birthDeath(
      workers + queue,
      () => load,
      (k) => Math.min(k, workers),
    );
    const full = states.at(-1)!;
    const accepted = load * (1 - full);
    const waiting = meanOf(states) - accepted;
    expectTheory("503", results, shareOf("503"), full, 0.15);
    expectTheory("utilisation", results, (result) => api(result).utilisation!, accepted / workers);
    expectTheory("waiting", results, (result) => api(result).queueMean, waiting);
    expectTheory("sojourn", results, (result) => web(result).latencyOkMs!.mean, 1 + waiting / accepted);
  });
});

describe("a client that gives up", () => {
  const load = 0.7;
  const timeout = 4;

  it("while its request is served all the same: M/M/1 as if nobody had gone", () => {
    const world = station(
      { workers: 1, time: EXPONENTIAL },
      { poisson: `${load * 1000}/s` },
      1,
      (2 * REQUESTS) / load / 1000,
      { timeout: `${timeout}ms` },
    );
    const results = replicate(world, { seed: "timeout" });
    // The sojourn T is exponential with rate 1 - load; what is measured is min(T, timeout).
    const late = Math.exp(-(1 - load) * timeout);
    expectTheory("timeout", results, shareOf("timeout"), late);
    expectTheory("latency", results, meanMs, (1 - late) / (1 - load));
    expectTheory("utilisation", results, (result) => api(result).utilisation!, load);
  });

  it("and is skipped, with drop_abandoned: M/M/1 with a limit on the wait (Barrer)", () => {
    const heavy = 1.3;
    const world = station(
      { workers: 1, time: EXPONENTIAL, drop_abandoned: true },
      { poisson: `${heavy * 1000}/s` },
      WARMUP_S,
      (2 * REQUESTS) / heavy / 1000,
      { timeout: `${timeout}ms` },
    );
    const results = replicate(world, { seed: "abandon" });
    // Work in front of an arrival has the density idle * heavy * e^((heavy - 1) x) up to the limit, and falls as
    // e^-x beyond, where nothing is added.
    const below = (heavy * (Math.exp((heavy - 1) * timeout) - 1)) / (heavy - 1);
    const beyond = heavy * Math.exp((heavy - 1) * timeout);
    const idle = 1 / (1 + below + beyond);
    const skipped = idle * beyond;
    // Of those who are served, who waits x is late with probability e^-(timeout - x).
    const lateInService = idle * (Math.exp(-timeout) + Math.exp(-timeout) * (Math.exp(heavy * timeout) - 1));
    expectTheory("utilisation", results, (result) => api(result).utilisation!, heavy * (1 - skipped));
    expectTheory("timeout", results, shareOf("timeout"), skipped + lateInService);
  });
});

describe("errors and losses", () => {
  it("of a service have their shares and take the service time", () => {
    const errors = { 500: "2%", 503: "5%" };
    const world = station(
      { workers: 1, time: EXPONENTIAL, errors },
      { poisson: "500/s" },
      0.3,
      (2 * REQUESTS) / 500,
    );
    const results = replicate(world, { seed: "errors" });
    expectTheory("500", results, shareOf("500"), 0.02, 0.2);
    expectTheory("503", results, shareOf("503"), 0.05);
    expectTheory("sojourn", results, meanMs, 2);
  });

  it("by reset have their share", () => {
    const world = station({ time: "1ms" }, { poisson: "5000/s" }, 0.1, 3);
    const faults = [{ at: "0s", service: "api", reset: "30%" }];
    expectTheory("lost", replicate({ ...world, faults }, { seed: "reset" }), shareOf("lost"), 0.3);
  });

  it("of transmissions delay by 200 ms, 400 ms, 800 ms ... each time", () => {
    // One user, one connection, two messages a request. A message is delayed by 200 (2^j - 1) ms with probability
    // (1 - p) p^j, in the mean by 200 p / (1 - 2 p).
    const p = 0.1;
    const world = station({ time: "1ms" }, { closed: { users: 50, think: "1ms" } }, 10, 20);
    const network = { links: [{ loss: "10%" }] };
    const results = replicate({ ...world, network }, { seed: "loss" });
    expectTheory("latency", results, meanMs, 1 + (2 * 200 * p) / (1 - 2 * p), 0.15);
    // Without any loss: (1 - p)^2 of the requests end in 1 ms; each other one takes more than 200 ms.
    const quick = (result: Parameters<typeof web>[0]) => {
      const { p50, p90 } = web(result).latencyMs!;
      return p50 < 1.01 && p90 > 200 ? 1 : 0;
    };
    expectTheory("quick", results, quick, 1);
  });
});
