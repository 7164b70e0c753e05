import { describe, expect, it, vi } from "vitest";
import { MILLISECOND, SECOND } from "../../src/kernel/time.ts";
import { ask, envoy, run, type World } from "../support/world.ts";

// On a busy machine the default of five seconds is not enough.
vi.setConfig({ testTimeout: 120_000 });

function traced(instants: readonly number[]) {
  return { "trace.jsonl": instants.map((at) => JSON.stringify({ at_ms: at })).join("\n") };
}

const byTrace = { to: "api", arrivals: { trace: "trace.jsonl" } };

describe("a response and a timeout at the same nanosecond", () => {
  it("are taken in this order at a client", () => {
    const world = { services: { api: { time: "100ms" } } };
    expect(ask(world, [0], { client: { timeout: "100ms" } })).toEqual([{ status: "200", ms: 100 }]);
    expect(ask(world, [0], { client: { timeout: "99.999999ms" } })).toEqual([
      { status: "timeout", ms: 99.999999 },
    ]);
  });

  it.each([
    ["route", { timeout: "0.1s" }],
    ["per-try", { retry_policy: { retry_on: "5xx", num_retries: 0, per_try_timeout: "0.1s" } }],
  ])("are taken in this order at a proxy (%s timeout)", (_, route) => {
    const world = (time: string) => ({
      proxies: { edge: { config: "edge.envoy.json" } },
      services: { api: { cluster: "api", time } },
    });
    const files = { "edge.envoy.json": envoy(["10.0.0.1:8080"], {}, route) };
    const client = { to: "edge" };
    expect(ask(world("100ms"), [0], { client, files })).toEqual([{ status: "200", ms: 100 }]);
    expect(ask(world("100.000001ms"), [0], { client, files })).toEqual([{ status: "504", ms: 100 }]);
  });
});

describe("the end of a run", () => {
  const slow = { services: { api: { time: "3s" } }, clients: { web: byTrace } };

  it("waits for what is in flight", () => {
    const [web] = run({ duration: "1s", ...slow }, {}, traced([0, 999])).clients;
    expect(web!.status).toEqual([["200", 2]]);
    expect(web!.latencyMs!.max).toBe(3000);
  });

  it("waits at most for the drain time; what is unfinished counts as status 0, failed", () => {
    const [web] = run({ duration: "1s", drain: "2.5s", ...slow }, {}, traced([100, 800])).clients;
    expect(web!.status).toEqual([
      ["0", 1],
      ["200", 1],
    ]);
    expect(web!.successRate).toBe(0.5);
    expect(web!.latencyOkMs!.max).toBe(3000);
    expect(web!.requests).toBe(2);
    expect(web!.attempts).toBe(2);
  });

  it("waits 60 s where nothing is said", () => {
    const hanging = {
      duration: "1s",
      services: { api: {} },
      faults: [{ at: "0s", service: "api", hang: true }],
    };
    expect(ask(hanging, [500])).toEqual([{ status: "0", ms: 60_500 }]);
  });

  it("sees no arrivals from the duration on", () => {
    const world = { duration: "100ms", services: { api: {} }, clients: { web: byTrace } };
    expect(run(world, {}, traced([0, 99.999999, 100, 101])).clients[0]!.requests).toBe(2);
  });
});

describe("statistics", () => {
  const world: World = {
    duration: "10s",
    warmup: "2s",
    services: { api: { time: "1ms" } },
    clients: { web: byTrace },
  };
  const times = [0, 1999, 2000, 3000, 9999];

  it("count requests by when they were wanted, from the warm-up to the duration", () => {
    const [web] = run(world, {}, traced(times)).clients;
    expect(web!.requests).toBe(3);
    expect(web!.attempts).toBe(3);
    expect(web!.rps).toBe(3 / 8);
  });

  it("count windows from 0, also inside the warm-up, their end excluded", () => {
    const windows = [
      { from: 0, to: 2 * SECOND },
      { from: SECOND, to: 2 * SECOND + 1 },
      { from: 2 * SECOND, to: 3 * SECOND },
    ];
    const result = run(world, { windows }, traced(times));
    expect(result.windows.map(({ clients }) => clients[0]!.requests)).toEqual([2, 2, 1]);
    expect(result.windows.map(({ clients }) => clients[0]!.attempts)).toEqual([2, 2, 1]);
    expect(result.windows[0]!.clients[0]!.rps).toBe(1);
  });

  it("have no figures without requests", () => {
    const [web] = run(world, {}, traced([0])).clients;
    expect(web).toMatchObject({
      requests: 0,
      rps: 0,
      successRate: null,
      latencyMs: null,
      latencyOkMs: null,
      attempts: 0,
    });
    expect(web!.status).toEqual([]);
  });

  it("take quantile q as the smallest value that at least ⌈qn⌉ do not exceed", () => {
    // Latencies of k ms for k = 1 ... n: one worker each, answers one after the other.
    for (const n of [1, 2, 3, 10, 19, 20, 100, 101]) {
      const stack = { duration: "10s", services: { api: { workers: 1 } }, clients: { web: byTrace } };
      const { latencyMs } = run(stack, {}, traced(Array.from({ length: n }, () => 5))).clients[0]!;
      for (const [q, figure] of [
        [0.5, latencyMs!.p50],
        [0.9, latencyMs!.p90],
        [0.95, latencyMs!.p95],
        [0.99, latencyMs!.p99],
        [0.999, latencyMs!.p999],
      ] as const) {
        // ⌈qn⌉ in whole thousandths, so that rounding cannot mislead.
        const exact = Math.ceil((Math.round(q * 1000) * n) / 1000);
        expect(figure).toBeGreaterThanOrEqual(exact);
        expect(figure).toBeLessThanOrEqual(exact * 1.001);
      }
      expect(latencyMs!.mean).toBeCloseTo((n + 1) / 2, 9);
      expect(latencyMs!.max).toBe(n);
    }
  });

  it("take statuses 200 to 399 for successes, and the client's own condition in their place", () => {
    const shares = { 302: "20%", 404: "20%", 500: "20%", 204: "20%" };
    const answers = (success?: string) =>
      run({
        duration: "10s",
        services: { api: { errors: shares } },
        clients: { web: { to: "api", arrivals: { constant: "100/s" }, ...(success && { success }) } },
      }).clients[0]!;
    const counts = new Map(answers().status);
    expect([...counts.keys()]).toEqual(["200", "204", "302", "404", "500"]);
    const sum = (...keys: string[]) => keys.reduce((total, key) => total + counts.get(key)!, 0);
    expect(answers().successes).toBe(sum("200", "204", "302"));
    expect(answers().successRate).toBe(sum("200", "204", "302") / 1000);
    expect(answers("status < 500").successes).toBe(sum("200", "204", "302", "404"));
    expect(answers("status == 500").successes).toBe(counts.get("500"));
  });

  it("never take a timeout, a loss or an unfinished request for a success", () => {
    const hanging = {
      duration: "1s",
      drain: "1s",
      services: { api: {} },
      faults: [
        { at: "0s", for: "100ms", service: "api", down: true },
        { at: "100ms", service: "api", hang: true },
      ],
    };
    const clients = {
      patient: { to: "api", success: "status < 500", arrivals: { trace: "trace.jsonl" } },
      hasty: { to: "api", success: "status < 500", timeout: "10ms", arrivals: { trace: "trace.jsonl" } },
    };
    const result = run({ ...hanging, clients }, {}, traced([50, 150]));
    expect(result.clients.map(({ status, successRate }) => [status, successRate])).toEqual([
      [
        [
          ["0", 1],
          ["lost", 1],
        ],
        0,
      ],
      [
        [
          ["lost", 1],
          ["timeout", 1],
        ],
        0,
      ],
    ]);
  });

  it("take latency from wanted to last byte, timeout or reset, failures included; ok: successes only", () => {
    const mixed = {
      duration: "1s",
      services: { api: { workers: 1, queue: 0, time: "10ms" } },
      clients: { web: byTrace },
    };
    const [web] = run(mixed, {}, traced([0, 1, 2, 3])).clients;
    expect(web!.latencyMs).toMatchObject({ mean: 2.5, p50: 0, max: 10 });
    expect(web!.latencyOkMs).toMatchObject({ mean: 10, max: 10 });
  });

  it("count every attempt of the first proxy, those without a connection included, and its flags", () => {
    const route = { retry_policy: { retry_on: "connect-failure", num_retries: 2 } };
    const result = run(
      {
        duration: "1s",
        proxies: { edge: { config: "edge.envoy.json" } },
        services: { api: { cluster: "api" } },
        clients: { web: { ...byTrace, to: "edge" } },
        faults: [{ at: "500ms", service: "api", down: true }],
      },
      {},
      { ...traced([0, 600]), "edge.envoy.json": envoy(["10.0.0.1:8080"], {}, route) },
    );
    expect(result.clients[0]!.attempts).toBe(4);
    expect(result.clients[0]!.flags).toEqual([
      ["UF", 1],
      ["URX", 1],
    ]);
    expect(result.services[0]!.requests).toBe(1);
  });

  it("cut series into at most 600 bins of 1, 2 or 5 times a power of ten", () => {
    const widths = ["1s", "60s", "600s", "601s", "1201s", "3001s"].map((duration) => {
      const { series } = run({ ...world, warmup: "0s", duration }, {}, traced([0]));
      expect(series.bins).toBeLessThanOrEqual(600);
      return series.bin / MILLISECOND;
    });
    expect(widths).toEqual([2, 100, 1000, 2000, 5000, 10_000]);
  });
});

describe("arrivals", () => {
  const world = (arrivals: World, duration = "10s") => ({
    duration,
    services: { api: {} },
    clients: { web: { to: "api", arrivals } },
  });
  /** Instants of arrival, from single-request windows of a fine series. */
  const binned = (arrivals: World) => run(world(arrivals)).series.clients[0]!.requests;

  it("constant come at equal gaps, the first within the first", () => {
    expect(binned({ constant: "50/s" })).toEqual(Array.from({ length: 500 }, () => 1));
    expect(run(world({ constant: "7/s" })).clients[0]!.requests).toBe(70);
    expect(run(world({ constant: "30/m" }, "60s")).clients[0]!.requests).toBe(30);
  });

  it("of a schedule follow its steps", () => {
    const steps = [
      { at: "2s", rate: "1000/s" },
      { at: "4s", rate: "0/s" },
      { at: "8s", rate: "500/s" },
    ];
    const counts = binned({ schedule: steps });
    const sum = (from: number, to: number) => counts.slice(from * 50, to * 50).reduce((a, b) => a + b, 0);
    expect(sum(0, 2)).toBe(0);
    expect(sum(4, 8)).toBe(0);
    // Poisson counts within 5 standard deviations.
    expect(Math.abs(sum(2, 4) - 2000)).toBeLessThan(5 * Math.sqrt(2000));
    expect(Math.abs(sum(8, 10) - 1000)).toBeLessThan(5 * Math.sqrt(1000));
  });

  it("of a ramp grow linearly", () => {
    const steps = [
      { at: "0s", rate: "0/s" },
      { at: "10s", rate: "2000/s" },
    ];
    const counts = binned({ schedule: steps, ramp: true });
    const half = counts.slice(0, 250).reduce((a, b) => a + b, 0);
    const all = counts.reduce((a, b) => a + b, 0);
    expect(Math.abs(half - 2500)).toBeLessThan(5 * Math.sqrt(2500));
    expect(Math.abs(all - 10_000)).toBeLessThan(5 * Math.sqrt(10_000));
  });

  it("closed begin after one think time, and each user waits for the answer", () => {
    const closed = { closed: { users: 3, think: "100ms" } };
    const one = { ...world(closed, "1s"), services: { api: { workers: 1, time: "20ms" } } };
    // All ask at 100 ms and are served until 120, 140, 160; then at 220, 240, 260 each alone, and so on every 120 ms.
    const result = run(one, {
      windows: [100, 220, 240, 260, 340].map((at) => ({ from: at * MILLISECOND, to: at * MILLISECOND + 1 })),
    });
    expect(result.windows.map(({ clients }) => clients[0]!.requests)).toEqual([3, 1, 1, 1, 1]);
    expect(result.clients[0]!.requests).toBe(3 * 8);
    expect(result.clients[0]!.latencyMs!.max).toBe(60);
  });

  it("closed wait for the timeout, too", () => {
    const closed = {
      ...world({ closed: { users: 1, think: "100ms" } }, "1s"),
      services: { api: { time: "10s" } },
    };
    const clients = { web: { ...closed.clients.web, timeout: "150ms" } };
    // Wanted at 100, 350, 600, 850.
    expect(run({ ...closed, clients }).clients[0]!.status).toEqual([["timeout", 4]]);
  });

  it("without time advancing are an error that names the client", () => {
    const loop = { ...world({ closed: { users: 1 } }), services: { api: { time: "0s" } } };
    expect(() => run(loop)).toThrow('"web"');
  });
});
