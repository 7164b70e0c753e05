import { describe, expect, it, vi } from "vitest";
import type { ClientResult, RunResult } from "../../src/simulation/result.ts";
import { runTestScenario } from "../support/run-scenario.ts";
import type { World } from "../support/world.ts";
import { permuteEntry, permuteScenario } from "./permute.ts";
import { type TestWorld, worldFiles, worlds } from "./worlds.ts";

// On a busy machine the default of five seconds is not enough.
vi.setConfig({ testTimeout: 120_000 });

type Options = Parameters<typeof runTestScenario>[1];

function outcome(world: TestWorld, scenario: World = world.scenario, options: Options = {}): RunResult {
  return runTestScenario(worldFiles(world, scenario), options);
}

// biome-ignore lint/suspicious/noExplicitAny: a scenario of any shape, which each test knows.
type Changing = any;

function changed(world: TestWorld, change: (scenario: Changing) => void): World {
  const copy = structuredClone(world.scenario);
  change(copy);
  return copy;
}

const [direct, meshed] = worlds as readonly [TestWorld, TestWorld];
const base = new Map(worlds.map((world) => [world.name, outcome(world)]));
const digestOf = ({ name }: TestWorld) => base.get(name)!.digest;

describe.each(worlds.map((world) => [world.name, world] as const))("a world of %s", (_, world) => {
  const first = base.get(world.name)!;

  it("has the same outcome twice", () => {
    expect(outcome(world)).toEqual(first);
  });

  it("has it with an access log and with more windows", () => {
    let lines = 0;
    const windows = [{ from: 0, to: 3_000_000_000 }];
    const result = outcome(world, world.scenario, { accessLog: () => void lines++, windows });
    expect(lines > 0).toBe(world === meshed);
    expect({ ...result, windows: first.windows }).toEqual(first);
  });

  it("has it with the keys inside entries in another order", () => {
    expect(outcome(world, permuteScenario(world.scenario) as World)).toEqual(first);
  });

  it("has it with the keys of messages in another order", () => {
    const files = Object.entries(world.files).map(([name, text]) => [
      name,
      name.endsWith(".json") ? JSON.stringify(permuteEntry(JSON.parse(text))) : text,
    ]);
    expect(outcome({ ...world, files: Object.fromEntries(files) })).toEqual(first);
  });

  it("has it under another name", () => {
    const scenario = changed(world, (scenario) => {
      scenario.name = "something-else";
    });
    expect(outcome(world, scenario)).toEqual({ ...first, scenario: "something-else" });
  });

  it("takes the seed as number or text", () => {
    const seeded = (seed: unknown) => outcome(world, { ...world.scenario, seed });
    expect(seeded(12)).toEqual(seeded("12"));
  });

  it("has the same digest with other expectations", () => {
    const other = changed(world, (scenario) => {
      scenario.expect = [`${Object.keys(scenario.clients)[0]}.p99 < 1s from 0s to 2s`];
    });
    expect(outcome(world, other).digest).toBe(first.digest);
  });

  it("has another digest with another seed", () => {
    expect(outcome(world, world.scenario, { seed: "8" }).digest).not.toBe(first.digest);
  });

  it("has another digest when a link is one nanosecond longer", () => {
    const longer = changed(world, (scenario) => {
      scenario.network.links.at(-1).latency = "250001ns";
    });
    expect(outcome(world, longer).digest).not.toBe(first.digest);
  });
});

describe("a digest", () => {
  it.each<[string, (scenario: Changing) => void]>([
    [
      "the status of a host's errors",
      ({ services }) => {
        services.stock.errors = { 502: "1%", 404: "2%" };
      },
    ],
    [
      "the end of a fault",
      ({ faults }) => {
        faults[0].for = "999999999ns";
      },
    ],
    [
      "a client's timeout",
      ({ clients }) => {
        clients.web.timeout = "49999999ns";
      },
    ],
  ])("changes with %s", (_, change) => {
    expect(outcome(direct, changed(direct, change)).digest).not.toBe(digestOf(direct));
  });

  it("changes with the status of one broken host behind proxies", () => {
    const other = changed(meshed, (scenario) => {
      scenario.faults[1].errors = { 500: "100%" };
    });
    expect(outcome(meshed, other).digest).not.toBe(digestOf(meshed));
  });

  it("does not know the name of a variant", () => {
    const set = { "edge:clusters[front].lb_policy": "RANDOM" };
    const variants = { a: { set }, b: { set } };
    const scenario = { ...meshed.scenario, variants };
    const [a, b] = ["a", "b"].map((variant) => outcome(meshed, scenario, { variant }));
    expect(a).toEqual({ ...b, variant: "a" });
    expect(a!.digest).not.toBe(digestOf(meshed));
  });

  it("of a variant that changes nothing is that of the base", () => {
    const scenario = { ...meshed.scenario, variants: { same: { set: { "clients.web.timeout": "1s" } } } };
    expect(outcome(meshed, scenario, { variant: "same" }).digest).toBe(digestOf(meshed));
  });
});

describe("chance", () => {
  it("of each thing is its own: another client and service at the end change nothing for the others", () => {
    const more = changed(direct, (scenario) => {
      scenario.services.other = { workers: 1, time: { exponential: { mean: "3ms" } } };
      scenario.clients.more = { to: "other", arrivals: { poisson: "200/s" } };
    });
    const { clients, services } = base.get(direct.name)!;
    const result = outcome(direct, more);
    expect(result.clients.slice(0, -1)).toEqual(clients);
    expect(result.services.slice(0, -1)).toEqual(services);
  });

  it("of a mesh is not changed by a client and a service beside it", () => {
    const more = changed(meshed, (scenario) => {
      scenario.services.other = { time: { exponential: { mean: "3ms" } } };
      scenario.clients.more = { to: "other", arrivals: { poisson: "200/s" } };
    });
    const { clients, services, proxies } = base.get(meshed.name)!;
    const result = outcome(meshed, more);
    expect(result.clients.slice(0, -1)).toEqual(clients);
    expect(result.services.slice(0, -1)).toEqual(services);
    expect(result.proxies).toEqual(proxies);
  });

  it("of each thing follows from its name, not from its place in the file", () => {
    const station = (services: readonly string[]) => {
      const world = {
        ...direct,
        scenario: {
          duration: "2s",
          services: Object.fromEntries(
            services.map((name) => [name, { time: { exponential: { mean: "5ms" } } }]),
          ),
          clients: { web: { to: "api", arrivals: { poisson: "200/s" } } },
        },
      };
      return outcome(world).clients[0];
    };
    expect(station(["other", "api"])).toEqual(station(["api", "other"]));
  });

  it("gives variants the same arrivals and the same luck, however policies act", () => {
    // With unlimited workers a request's latency is its own luck alone: replicas change nothing but where it is served.
    const world = (replicas: number) => ({
      ...direct,
      scenario: {
        duration: "2s",
        services: { api: { replicas, time: { exponential: { mean: "5ms" } }, errors: { 500: "10%" } } },
        clients: { web: { to: "api", arrivals: { poisson: "500/s" } } },
      },
    });
    expect(outcome(world(5)).clients).toEqual(outcome(world(1)).clients);
  });

  it("gives the users of a closed loop the same thoughts and the same luck, however long answers take", () => {
    // Each of the users asks once, for no answer comes before the end of traffic.
    const world = (latency: string) => ({
      ...direct,
      scenario: {
        duration: "1s",
        network: { links: [{ latency }] },
        services: { api: { time: { uniform: { min: "1s", max: "2s" } } } },
        clients: {
          web: {
            to: "api",
            arrivals: { closed: { users: 100, think: { uniform: { min: "0s", max: "1s" } } } },
          },
        },
      },
    });
    const [near, far] = ["0ms", "1ms"].map((latency) => outcome(world(latency)).clients[0]!) as [
      ClientResult,
      ClientResult,
    ];
    expect([near.requests, far.requests]).toEqual([100, 100]);
    // Set-up, request and answer: four messages.
    expect(far.latencyMs!.mean - near.latencyMs!.mean).toBeCloseTo(4, 6);
    expect(far.latencyMs!.max - near.latencyMs!.max).toBeCloseTo(4, 6);
  });
});
