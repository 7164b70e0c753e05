import { describe, expect, it } from "vitest";
import { envoy, run, type World } from "../support/world.ts";
import { relaxation, sigmaGM1, waitMMc } from "./formulas.ts";
import { api, expectTheory, meanMs, replicate, station, WARMUP_RELAXATIONS, web } from "./replications.ts";

const EXPONENTIAL = { exponential: { mean: "1ms" } };
const HOSTS = ["10.0.0.1:8080", "10.0.0.2:8080", "10.0.0.3:8080", "10.0.0.4:8080"];

/** The limits of a cluster's circuit breakers out of the way. */
const OPEN = {
  circuit_breakers: { thresholds: [{ max_connections: 1e6, max_pending_requests: 1e6, max_requests: 1e6 }] },
};

function behindProxy(world: World): World {
  const { services, clients } = world as { services: { api: World }; clients: { web: World } };
  return {
    ...world,
    proxies: { edge: { config: "edge.envoy.json" } },
    services: { api: { ...services.api, cluster: "api" } },
    clients: { web: { ...clients.web, to: "edge" } },
  };
}

const warmup = (WARMUP_RELAXATIONS * relaxation(1, 0.8, 1)) / 1000;

describe("a proxy without overhead", () => {
  it.each([
    ["M/M/1", { workers: 1, time: EXPONENTIAL }, "800/s", {}],
    ["M/M/4 with errors", { workers: 4, time: EXPONENTIAL, errors: { 500: "3%" } }, "3200/s", {}],
    ["M/D/2/3", { workers: 2, time: "1ms", queue: 3 }, "1900/s", {}],
    ["clients that give up", { workers: 1, time: EXPONENTIAL }, "900/s", { timeout: "5ms" }],
  ])("changes no figure: %s", (_, service, rate, client) => {
    const world = station(service, { poisson: rate }, 0.5, 5, client);
    const direct = run(world);
    const files = { "edge.envoy.json": envoy(["10.0.0.1:8080"], OPEN, { timeout: "0s" }) };
    const proxied = run(behindProxy(world), {}, files);
    const { flags: _flags, ...figures } = proxied.clients[0]!;
    const { flags: _none, ...expected } = direct.clients[0]!;
    expect(figures).toEqual(expected);
    const { hosts: _hosts, ...service1 } = proxied.services[0]!;
    const { hosts: _others, ...service2 } = direct.services[0]!;
    expect(service1).toEqual(service2);
  });

  it("adds its overhead once", () => {
    const world = station({ workers: 1, time: EXPONENTIAL }, { poisson: "500/s" }, 0.5, 5);
    const proxied = behindProxy(world);
    const proxies = { edge: { config: "edge.envoy.json", overhead: "250us" } };
    const files = { "edge.envoy.json": envoy(["10.0.0.1:8080"], OPEN) };
    const mean = run({ ...proxied, proxies }, {}, files).clients[0]!.latencyMs!.mean;
    const without = run(world).clients[0]!.latencyMs!.mean;
    // All arrivals at the host are later by as much; only who is wanted where the window begins may differ.
    expect(mean - without).toBeCloseTo(0.25, 6);
  });
});

describe("hosts behind a balancer", () => {
  const world = behindProxy(station({ workers: 1, time: EXPONENTIAL }, { poisson: "3200/s" }, warmup, 3));

  it("RANDOM: each is M/M/1 with its part of the arrivals", () => {
    const files = { "edge.envoy.json": envoy(HOSTS, { ...OPEN, lb_policy: "RANDOM" }) };
    const results = replicate(world, { seed: "random", files });
    expectTheory("sojourn", results, meanMs, 1 / (1 - 0.8), 0.15);
    expectTheory("waiting", results, (result) => api(result).queueMean, (4 * 0.64) / 0.2, 0.2);
    for (let host = 0; host < HOSTS.length; host++) {
      expectTheory("utilisation", results, (result) => api(result).hosts[host]!.utilisation!, 0.8);
      expectTheory(
        "share",
        results,
        (result) => api(result).hosts[host]!.requests / api(result).requests,
        0.25,
      );
    }
  });

  it("ROUND_ROBIN: each is E4/M/1, for every fourth arrival of a Poisson process comes to it", () => {
    const files = { "edge.envoy.json": envoy(HOSTS, { ...OPEN, lb_policy: "ROUND_ROBIN" }) };
    const results = replicate(world, { seed: "round-robin", files });
    const sigma = sigmaGM1((s) => (3.2 / (3.2 + s)) ** 4, 1);
    expectTheory("sojourn", results, meanMs, 1 / (1 - sigma));
  });

  it("LEAST_REQUEST with as many choices as hosts: between M/M/4 and M/M/1", () => {
    const policy = { lb_policy: "LEAST_REQUEST", least_request_lb_config: { choice_count: 4 } };
    const files = { "edge.envoy.json": envoy(HOSTS, { ...OPEN, ...policy }) };
    const { mean } = run(world, {}, files).clients[0]!.latencyMs!;
    expect(mean).toBeGreaterThan(1 + waitMMc(4, 3.2, 1));
    expect(mean).toBeLessThan(3);
  });
});

describe("Little's law, exactly", () => {
  // Traffic ends early enough for all to be done within the window, so that no request lies across its ends.
  const arrivals = {
    schedule: [
      { at: "0s", rate: "2000/s" },
      { at: "4s", rate: "0/s" },
    ],
  };
  const cases: [string, World, World, string | undefined][] = [
    ["one worker", { workers: 1, time: { exponential: { mean: "0.45ms" } } }, {}, undefined],
    ["eight workers", { workers: 8, time: { lognormal: { median: "2ms", p99: "20ms" } } }, {}, undefined],
    ["replicas", { workers: 2, replicas: 3, time: { exponential: { mean: "2.5ms" } } }, {}, undefined],
    ["errors", { workers: 2, time: EXPONENTIAL, errors: { 503: "10%" } }, {}, undefined],
    ["a limited queue", { workers: 1, queue: 5, time: EXPONENTIAL }, {}, undefined],
    [
      "slowness and a pause",
      { workers: 4, time: EXPONENTIAL },
      {
        faults: [
          { at: "1s", for: "500ms", service: "api", slow: 3 },
          { at: "2s", for: "100ms", service: "api", hosts: 1, time: "2ms" },
        ],
      },
      undefined,
    ],
    ["a proxy", { workers: 3, cluster: "api", time: EXPONENTIAL }, {}, "RANDOM"],
  ];

  it.each(cases)(
    "with %s: time spent in queues and in service is the latencies' sum",
    (_, service, more, policy) => {
      const world = { ...station(service, arrivals, 0, 8), ...more };
      const files =
        policy === undefined ? {} : { "edge.envoy.json": envoy(HOSTS, { ...OPEN, lb_policy: policy }) };
      const result = run(policy === undefined ? world : behindProxy(world), {}, files);
      const { requests, latencyMs } = web(result);
      const { queueMean, utilisation, hosts } = api(result);
      const busy = utilisation! * (service.workers as number) * hosts.length;
      expect(requests).toBeGreaterThan(7000);
      // In ms; the figures are doubles, the sums beneath them whole nanoseconds.
      expect((queueMean + busy) * 8000).toBeCloseTo(latencyMs!.mean * requests, 4);
    },
  );

  it("holds in the mean for a window that cuts through requests", () => {
    const results = replicate(station({ workers: 1, time: EXPONENTIAL }, { poisson: "700/s" }, 1, 8), {
      seed: "little",
    });
    // L / (lambda W), the three of them measured apart from one another.
    const ratio = (result: (typeof results)[number]) =>
      (api(result).queueMean + api(result).utilisation!) / ((web(result).rps / 1000) * meanMs(result));
    expectTheory("L / (lambda W)", results, ratio, 1, 0.01);
  });
});
