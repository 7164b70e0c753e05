import { describe, expect, test } from "vitest";
import { runTestScenario, type TestFiles } from "../../test/support/run-scenario.ts";
import { envoy } from "../../test/support/world.ts";

const ADDRESSES = Array.from({ length: 4 }, (_, i) => `10.0.0.${i + 1}:8080`);

interface World {
  readonly library?: string;
  readonly to?: "edge" | "api";
  readonly client?: string;
  readonly others?: string;
  readonly faults?: string;
}

function world({ library, to = "edge", client = "", others = "", faults = "" }: World): TestFiles {
  const chain = library === undefined ? "" : `, library: ${library}`;
  return {
    "edge.envoy.yaml": envoy(ADDRESSES, {}),
    "scenario.yaml": `
name: library
duration: 20s
network: { links: [ { latency: 200us } ] }
proxies: { edge: { config: edge.envoy.yaml, address: 10.1.0.1 } }
services: { api: { cluster: api, workers: 4, time: { exponential: { mean: 10ms } } } }
clients:
  web: { to: ${to}, arrivals: { poisson: 200/s }${client}${chain} }
${others}
faults: [ ${faults} ]
`,
  };
}

const ERRORS = "{ at: 0s, service: api, errors: { 503: 20% } }";
const OUTAGE = "{ at: 5s, for: 10s, service: api, hang: true }";

function resultOf(given: World) {
  const result = runTestScenario(world(given));
  const [web] = result.clients;
  return { ...web!, status: new Map(web!.status), hosts: result.services[0]!.hosts, digest: result.digest };
}

describe.each(["edge", "api"] as const)("a client of %s", (to) => {
  test("has as many attempts as its library makes tries", () => {
    const plain = resultOf({ to, faults: ERRORS });
    const retrying = resultOf({ to, faults: ERRORS, library: "[ { retry: { attempts: 3 } } ]" });
    expect(plain.attempts).toBe(plain.requests);
    expect(retrying.requests).toBe(plain.requests);
    // Each request wants 1 + 0.2 + 0.04 tries. Their variance is below 0.3, and 4000 requests make the mean's
    // deviation less than 0.009: five of them here.
    expect(retrying.attempts / retrying.requests).toBeGreaterThan(1.24 - 0.045);
    expect(retrying.attempts / retrying.requests).toBeLessThan(1.24 + 0.045);
    expect(retrying.successRate).toBeGreaterThan(0.98);
  });

  test("has its answers when a library only watches, at the same times", () => {
    const plain = resultOf({ to });
    const watched = resultOf({
      to,
      library:
        "[ { retry: {} }, { hystrix: { bulkhead: 1000, timeout: 10s } }, { breaker: {} }, { timeout: 10s } ]",
    });
    expect(watched.digest).toBe(plain.digest);
  });

  test("counts what its library refuses as failed, with a status of its own and without an attempt", () => {
    const { status, attempts, requests, successes } = resultOf({
      to,
      faults: OUTAGE,
      library: "[ { hystrix: { bulkhead: 20 } } ]",
    });
    const rejected = status.get("rejected")!;
    expect(rejected).toBeGreaterThan(1000);
    expect(attempts).toBe(requests - rejected);
    expect(successes).toBe(status.get("200"));
  });

  test("gives up during a back-off and in a queue", () => {
    const library =
      "[ { retry: { attempts: 9, backoff: { base: 1s, jitter: none } } }, { hystrix: { bulkhead: 2, queue: 4 } } ]";
    const { status } = resultOf({ to, faults: OUTAGE, client: ", timeout: 1500ms", library });
    expect(status.get("timeout")).toBeGreaterThan(1000);
    expect(status.get("0")).toBeUndefined();
  });
});

test("a library's draws shift nobody else's", () => {
  const others = "  other: { to: api, arrivals: { poisson: 100/s } }";
  const otherOf = (library?: string) =>
    runTestScenario(world({ others, ...(library !== undefined && { library }) })).clients[1]!;
  expect(otherOf("[ { retry: {} }, { failure_accrual: {} } ]").requests).toBe(otherOf().requests);
});

test("failure accrual leaves a failing host out, which a breaker of the whole cannot", () => {
  const faults = "{ at: 0s, service: api, hosts: 1, errors: { 503: 100% } }";
  const known = resultOf({ to: "api", faults, library: "[ { failure_accrual: {} } ]" });
  const blind = resultOf({ to: "api", faults, library: "[ { breaker: {} } ]" });
  expect(known.hosts[0]!.requests).toBeLessThan(50);
  expect(known.successRate).toBeGreaterThan(0.98);
  // One in four fails: below the breaker's 50 %.
  expect(blind.successRate).toBeLessThan(0.8);
});
