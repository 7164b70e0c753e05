import { describe, expect, test } from "vitest";
import { Problems } from "../decode/problem.ts";
import { SourceFile } from "../decode/source-file.ts";
import { checkZones } from "./check-zones.ts";
import { listProblems, load, readTestFile, smallScenario } from "./example-scenarios.suite.ts";
import { deriveScenario, readScenario } from "./load.ts";
import type { Scenario } from "./scenario.ts";
import { parseSetting } from "./settings.ts";

/** The base of the small scenario with a text replaced; it must be right. */
function derive(from: string, to: string): Scenario {
  expect(smallScenario).toContain(from);
  const { problems, scenarios } = load(smallScenario.replace(from, to));
  expect(problems).toEqual([]);
  return scenarios[0]!.scenario;
}

describe("every way to write", () => {
  test.each([
    ["8ms", { kind: "constant", value: 8e6 }],
    ["{ constant: 8ms }", { kind: "constant", value: 8e6 }],
    ["{ uniform: { min: 1ms, max: 2ms } }", { kind: "uniform", min: 1e6, max: 2e6 }],
    ["{ exponential: { mean: 3ms } }", { kind: "exponential", mean: 3e6 }],
    ["{ lognormal: { median: 3ms, sigma: 0.5 } }", { kind: "lognormal", median: 3e6, sigma: 0.5 }],
    ["{ normal: { mean: 3ms, stdev: 1ms } }", { kind: "normal", mean: 3e6, stdev: 1e6 }],
    ["{ pareto: { min: 3ms, alpha: 1.5 } }", { kind: "pareto", min: 3e6, alpha: 1.5 }],
    ["{ weibull: { scale: 3ms, shape: 1.5 } }", { kind: "weibull", scale: 3e6, shape: 1.5 }],
    ["{ gamma: { mean: 3ms, shape: 2 } }", { kind: "gamma", mean: 3e6, shape: 2 }],
    ["{ gamma: { scale: 3ms, shape: 2 } }", { kind: "gamma", mean: 6e6, shape: 2 }],
    ["{ erlang: { mean: 3ms, k: 2 } }", { kind: "erlang", mean: 3e6, k: 2 }],
    ["{ empirical: { file: times.txt } }", { kind: "empirical", values: [1e6, 2.5e6] }],
    [
      "{ mixture: [ { weight: 90%, constant: 1ms }, { weight: 10%, exponential: { mean: 3ms } } ] }",
      {
        kind: "mixture",
        parts: [
          { weight: 0.9, of: { kind: "constant", value: 1e6 } },
          { weight: 0.1, of: { kind: "exponential", mean: 3e6 } },
        ],
      },
    ],
  ])("a distribution: %s", (text, spec) => {
    expect(derive("8ms", text).services[0]!.time).toEqual(spec);
  });

  test.each([
    ["{ constant: 90/m }", { kind: "constant", rate: 1.5 }],
    [
      "{ schedule: [ { at: 0s, rate: 5/s }, { at: 2s, rate: 0/s } ], ramp: true }",
      {
        kind: "schedule",
        ramp: true,
        steps: [
          { at: 0, rate: 5 },
          { at: 2e9, rate: 0 },
        ],
      },
    ],
    ["{ closed: { users: 3 } }", { kind: "closed", users: 3, think: { kind: "constant", value: 0 } }],
    [
      "{ closed: { users: 3, think: { exponential: { mean: 1s } } } }",
      { kind: "closed", users: 3, think: { kind: "exponential", mean: 1e9 } },
    ],
  ])("arrivals: %s", (text, spec) => {
    expect(derive("{ poisson: 400/s }", text).clients[0]!.arrivals).toEqual(spec);
  });

  test("a trace: by time, completed from the client's request", () => {
    const client = derive("{ poisson: 400/s }", "{ trace: trace.jsonl }").clients[0]!;
    const rest = { weight: 1, authority: "shop.example" };
    expect(client.arrivals).toEqual({
      kind: "trace",
      requests: [
        {
          at: 1_000_000,
          request: {
            ...rest,
            method: "POST",
            path: "/cart",
            headers: [
              { name: "x-b", value: "1" },
              { name: "x-b", value: "2" },
              { name: "a", value: "3" },
            ],
            bodyBytes: 7,
          },
        },
        { at: 2_500_000, request: { ...rest, method: "GET", path: "/b", headers: [], bodyBytes: 0 } },
      ],
    });
  });

  test("requests: several by weight, with fixed, repeated and drawn headers", () => {
    const requests = `[ { weight: 3, path: /a, body: 2KiB },
      { weight: 1, method: POST, authority: x, headers: { X-User: { keys: 10, zipf: 1.1 }, x-n: 7, x-l: [a, b] } } ]`;
    expect(derive("{ authority: shop.example, path: /cart }", requests).clients[0]!.requests).toEqual([
      { weight: 3, method: "GET", authority: "edge", path: "/a", headers: [], bodyBytes: 2048 },
      {
        weight: 1,
        method: "POST",
        authority: "x",
        path: "/",
        bodyBytes: 0,
        headers: [
          { name: "x-user", value: { keys: 10, zipf: 1.1 } },
          { name: "x-l", value: "a" },
          { name: "x-l", value: "b" },
          { name: "x-n", value: "7" },
        ],
      },
    ]);
  });

  test.each([
    ["hosts: 20%", { hosts: { kind: "share", share: 0.2 } }],
    ["hosts: 3", { hosts: { kind: "first", count: 3 } }],
    [
      'hosts: ["10.0.0.1:80", "[::1]:80"]',
      { hosts: { kind: "addresses", addresses: ["10.0.0.1:80", "[::1]:80"] } },
    ],
  ])("hosts of a fault: %s", (text, target) => {
    expect(derive("hosts: 2", text).faults[0]!.target).toMatchObject(target);
  });

  test.each([
    ["service: checkout", { kind: "service", service: "checkout", hosts: { kind: "all" } }],
    ["proxy: edge", { kind: "proxy", proxy: "edge" }],
    ["zone: a", { kind: "zone", zone: "a" }],
    [
      "link: { from: proxy:edge, to: 10.0.0.1 }",
      { kind: "link", from: { kind: "proxy", name: "edge" }, to: { kind: "address", address: "10.0.0.1" } },
    ],
    [
      "link: true, from: client:web",
      { kind: "link", from: { kind: "client", name: "web" }, to: { kind: "any" } },
    ],
    ["to: '*'", { kind: "link", from: { kind: "any" }, to: { kind: "any" } }],
  ])("the target of a fault: %s", (text, target) => {
    expect(derive("service: checkout, hosts: 2, slow: 10", `${text}, cut: true`).faults[0]!.target).toEqual(
      target,
    );
  });

  test("every effect of a fault", () => {
    const effects = `service: checkout, slow: 0.5, time: 2ms, errors: { 503: 1%, 404: 2% }, down: true, hang: true,
      pause: true, reset: 30%, latency: 1ms, add_latency: 2ms, loss: 1%, cut: true, oneway: true`;
    const [fault] = derive(
      "name: slow, at: 20s, for: 20s, service: checkout, hosts: 2, slow: 10",
      `at: 1s, ${effects}`,
    ).faults;
    expect(fault).toMatchObject({
      for: Number.POSITIVE_INFINITY,
      slow: 0.5,
      time: { kind: "constant", value: 2e6 },
      errors: [
        { status: 404, share: 0.02 },
        { status: 503, share: 0.01 },
      ],
      down: true,
      hang: true,
      pause: true,
      reset: 0.3,
      latency: { kind: "constant", value: 1e6 },
      addLatency: { kind: "constant", value: 2e6 },
      loss: 0.01,
      cut: true,
      oneway: true,
    });
  });

  test("seeds: a number and the same digits as text are one seed", () => {
    expect(derive("name: t", "name: t\nseed: 7").seed).toBe("7");
    expect(derive("name: t", 'name: t\nseed: "7"').seed).toBe("7");
    expect(derive("name: t", "name: t\nseed: blue").seed).toBe("blue");
  });

  test("zones, success, HTTP/2, bandwidth, discovery", () => {
    expect(
      derive("to: edge", 'to: edge\n    zone: [a, b]\n    protocol: http2\n    success: "status < 500"')
        .clients[0],
    ).toMatchObject({
      zones: ["a", "b"],
      protocol: "http2",
      success: { op: "<", status: 500 },
    });
    expect(derive("latency: 250us", "bandwidth: 1MiB/s, loss: 2%").links[0]).toMatchObject({
      bandwidth: 2 ** 20,
      loss: 0.02,
    });
    expect(derive("cluster: checkout", "dns: api.local, replicas: 3, port: 80").services[0]).toMatchObject({
      dns: "api.local",
      replicas: 3,
      port: 80,
    });
  });
});

describe("order", () => {
  test("of keys inside an entry does not matter", () => {
    const first = derive(
      "{ authority: shop.example, path: /cart }",
      "{ path: /cart, headers: { b: 1, a: 2 }, authority: x }",
    );
    const second = derive(
      "{ authority: shop.example, path: /cart }",
      "{ authority: x, headers: { a: 2, b: 1 }, path: /cart }",
    );
    expect(JSON.stringify(first)).toBe(JSON.stringify(second));
    const errors = derive("{ 503: 1% }", "{ 503: 1%, 404: 2% }");
    expect(JSON.stringify(errors)).toBe(JSON.stringify(derive("{ 503: 1% }", "{ 404: 2%, 503: 1% }")));
  });

  test("of names is that of the file, also where names look like numbers", () => {
    const text = smallScenario.replace(
      "  web:\n",
      "  9: { to: edge, arrivals: { poisson: 1/s } }\n  1: { to: edge, arrivals: { poisson: 1/s } }\n  web:\n",
    );
    expect(load(text).scenarios[0]!.scenario.clients.map((client) => client.name)).toEqual(["9", "1", "web"]);
  });
});

describe("settings of the command line", () => {
  function set(...settings: string[]) {
    const problems = new Problems();
    const file = readScenario(new SourceFile("s.yaml", smallScenario), readTestFile, problems)!;
    const parsed = settings.flatMap((text) => parseSetting(text, problems) ?? []);
    const derived = deriveScenario(file, null, parsed, problems);
    return { scenario: derived?.scenario, derived, problems: listProblems(problems, smallScenario) };
  }

  test("replace, add and remove", () => {
    const { scenario, problems } = set(
      "clients.web.arrivals={ closed: { users: 2 } }",
      "clients[web].timeout=null",
      "drain=1s",
      "faults[slow].for=1m",
      "links[0].latency={ exponential: { mean: 1ms } }",
      "services.more={}",
      "seed=9",
    );
    expect(problems).toEqual([]);
    expect(scenario).toMatchObject({
      seed: "9",
      drain: 1e9,
      links: [{ latency: { kind: "exponential", mean: 1e6 } }],
      services: [{ name: "checkout" }, { name: "more" }],
      faults: [{ for: 60e9 }],
      clients: [{ arrivals: { kind: "closed", users: 2 } }],
    });
    expect(scenario!.clients[0]).not.toHaveProperty("timeout");
  });

  test("[*] means all, and removing all leaves none", () => {
    expect(set("faults[*].slow=3").scenario!.faults[0]!.slow).toBe(3);
    expect(set("faults[*]=null").scenario!.faults).toEqual([]);
  });

  test("go to the proxy that they name", () => {
    const { derived, problems } = set("edge:clusters[a=b:c].lb_policy=MAGLEV");
    expect(problems).toEqual([]);
    expect([...derived!.proxySettings]).toMatchObject([
      [
        "edge",
        [
          {
            path: "clusters[a=b:c].lb_policy",
            value: "MAGLEV",
            location: { file: "--set", column: 6 },
            valueLocation: { column: 32 },
          },
        ],
      ],
    ]);
  });

  test.each([
    [
      "warmup=60s",
      "--set:1:8 «» out-of-range the warm-up takes the whole duration, so nothing would be measured | make warmup less than duration",
    ],
    [
      "clients.web.timeout=5",
      "--set:1:21 «» wrong-unit 5 has no unit (a duration has one of these units: ns, us, ms, s, m, h)",
    ],
    [
      "clients.web.timeuot=5s",
      '--set:1:1 «» unknown-key unknown key "timeuot" (did you mean "timeout"?) | known keys: to, listener, protocol, tls, address, zone, arrivals, request, timeout, library, success',
    ],
    ["clients.wbe.timeout=5s", '--set:1:9 «» no-match there is no "wbe" in clients (did you mean "web"?)'],
    ["durration=5s", '--set:1:1 «» no-match there is no "durration" (did you mean "duration"?)'],
    ["at=5s", undefined],
    ["to=5s", '--set:1:4 «» dangling-name there is no proxy or service "5s" | there is edge, checkout'],
    [
      "cluster.x=5s",
      '--set:1:9 «» no-match services.checkout.cluster is "checkout" and has no "x" inside; replace it as a whole',
    ],
    ["egde:a=1", '--set:1:1 «» dangling-name there is no proxy "egde" (did you mean "edge"?)'],
    [
      "timeout",
      '--set:1:1 «» path-syntax "timeout" is not PATH=VALUE | write it like clients.web.timeout=2s; PATH=null removes',
    ],
    [
      "a[b=3",
      '--set:1:1 «» path-syntax "a[b=3" is not PATH=VALUE | write it like clients.web.timeout=2s; PATH=null removes',
    ],
  ])("%s", (text, problem) => {
    expect(set(text).problems).toEqual(problem === undefined ? [] : [problem]);
  });
});

test("a setting that could mean several places lists them", () => {
  const text = smallScenario.replace("clients.web.timeout", "time").replace("slow: 10", "time: 1ms");
  expect(load(text).problems).toEqual([
    '20:20 «time» several-matches "time" can mean 2 places: services.checkout.time, faults[0].time; write more of the path',
  ]);
});

test("an element that a setting removes does not disturb the places of the others", () => {
  const text = smallScenario
    .replace(
      "  - { name: slow,",
      "  - { name: first, at: 1s, service: checkout, down: true }\n  - { name: slow,",
    )
    .replace('"clients.web.timeout": 4s', '"faults[first]": null')
    .replace("slow: 10", "slow: 0");
  expect(load(text).problems).toEqual(["17:73 «0» out-of-range 0 is out of range; it must be more than 0"]);
});

test("a zone must have somebody in it, in the scenario or in Envoy's localities", () => {
  const text = smallScenario
    .replace("{ latency: 250us }", '{ from: "zone:a", to: "zone:east", latency: 1ms }')
    .replace("to: edge", "to: edge\n    zone: a");
  const { scenarios, problems } = load(text);
  expect(problems).toEqual([]);
  const found = new Problems();
  checkZones(scenarios[0]!.document, ["est"], found);
  expect(listProblems(found, text)).toEqual([
    '4:49 «east» dangling-name nobody is in a zone "east" (did you mean "est"?) | there is a, est',
  ]);
});
