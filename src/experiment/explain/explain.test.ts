import { describe, expect, test } from "vitest";
import { type ExplainOptions, explain } from "./explain.ts";
import type { RequestExplanation, ShareRow } from "./explanation.ts";

const MANAGER = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
const ROUTER = "envoy.extensions.filters.http.router.v3.Router";

function endpoints(priority: number, zone: string, ...addresses: string[]): string {
  const members = addresses.map((address) => {
    return `{ endpoint: { address: { socket_address: { address: ${address}, port_value: 80 } } } }`;
  });
  return `{ priority: ${priority}, locality: { zone: ${zone} }, lb_endpoints: [ ${members.join(", ")} ] }`;
}

function bootstrap(routes: string, clusters: string): string {
  return `static_resources:
  listeners:
  - name: main
    address: { socket_address: { address: 0.0.0.0, port_value: 8000 } }
    filter_chains:
    - filters:
      - name: manager
        typed_config:
          "@type": type.googleapis.com/${MANAGER}
          stat_prefix: main
          http_filters: [ { name: router, typed_config: { "@type": type.googleapis.com/${ROUTER} } } ]
          route_config: { virtual_hosts: [ { name: all, domains: ["*"], routes: [ ${routes} ] } ] }
  clusters:
${clusters}`;
}

function cluster(name: string, policy: string, ...localities: string[]): string {
  return `  - name: ${name}
    connect_timeout: 1s
    ${policy}
    load_assignment: { cluster_name: ${name}, endpoints: [ ${localities.join(", ")} ] }
`;
}

function explainText(text: string, options: Partial<ExplainOptions>): RequestExplanation[] {
  const files = { read: () => text, beside: (_: string, name: string) => name };
  const { problems, explanation } = explain("envoy.yaml", files, { requests: [], count: 1, ...options });
  if (explanation === undefined) throw new Error(problems.map(({ message }) => message).join("; "));
  return [...explanation.requests];
}

const exact = (rows: readonly ShareRow[]) => Object.fromEntries(rows.map((row) => [row.name, row.exact]));
const counts = (rows: readonly ShareRow[]) => Object.fromEntries(rows.map((row) => [row.name, row.count]));

/** Ten hosts in two priorities, as in the documentation of Envoy's priority levels. */
const TWO_LEVELS = bootstrap(
  "{ match: { prefix: / }, route: { cluster: c } }",
  cluster(
    "c",
    "lb_policy: ROUND_ROBIN",
    endpoints(0, "a", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"),
    endpoints(1, "b", "10.0.1.1", "10.0.1.2"),
  ),
);

describe("a cluster", () => {
  test("spills over to the next priority by health and overprovisioning", () => {
    const [told] = explainText(TWO_LEVELS, {
      cluster: "c",
      count: 2000,
      edits: [
        { option: "--health", text: "10.0.0.1:80=unhealthy" },
        { option: "--health", text: "10.0.0.2:80=unhealthy" },
      ],
    });
    // Half of the hosts times 1.4 is 70%; the rest goes to priority 1.
    expect(exact(told!.distribution.priorities)).toEqual({ 0: 0.7, 1: expect.closeTo(0.3, 12) });
    expect(exact(told!.distribution.hosts)).toEqual({
      "10.0.0.1:80": 0,
      "10.0.0.2:80": 0,
      "10.0.0.3:80": 0.35,
      "10.0.0.4:80": 0.35,
      "10.0.1.1:80": 0.15,
      "10.0.1.2:80": 0.15,
    });
    const counted = counts(told!.distribution.priorities);
    // Six standard errors of a share of 0.7 in 2000.
    expect(Math.abs(counted["0"]! / 2000 - 0.7)).toBeLessThan(6 * Math.sqrt((0.7 * 0.3) / 2000));
    expect(counts(told!.distribution.hosts)["10.0.0.1:80"]).toBe(0);
  });

  test("takes turns by weight exactly, with members added and removed", () => {
    const [told] = explainText(TWO_LEVELS, {
      cluster: "c",
      count: 700,
      edits: [
        { option: "--remove", text: "10.0.0.4:80" },
        { option: "--remove", text: "10.0.0.3:80" },
        { option: "--weight", text: "c/10.0.0.1:80=4" },
        { option: "--add", text: "10.0.0.9:80 weight=2 zone=a" },
      ],
    });
    const hosts = told!.distribution.hosts.filter((row) => row.host!.priority === 0);
    expect(exact(hosts)).toEqual({ "10.0.0.1:80": 4 / 7, "10.0.0.2:80": 1 / 7, "10.0.0.9:80": 2 / 7 });
    for (const { name, count } of hosts)
      expect(Math.abs(count - 700 * exact(hosts)[name]!)).toBeLessThanOrEqual(1);
  });

  test("panics when too few are healthy, and says so", () => {
    const [told] = explainText(TWO_LEVELS, {
      cluster: "c",
      edits: [{ option: "--health", text: "*=unhealthy" }],
    });
    expect(told!.sent!.balancing!.priorities.map(({ inPanic }) => inPanic)).toEqual([true, true]);
    // Then loads go by the number of hosts.
    expect(exact(told!.distribution.priorities)["1"]).toBeCloseTo(0.33, 12);
  });

  test("without a usable host gives none", () => {
    const [told] = explainText(TWO_LEVELS, { cluster: "c", edits: [{ option: "--remove", text: "*" }] });
    expect(told!.answer).toMatchObject({ status: 503, flags: ["UH"] });
    expect(exact(told!.distribution.hosts)).toEqual({ "(no host)": 1 });
  });
});

describe("routing", () => {
  const weighted = "weighted_clusters: { clusters: [ { name: c, weight: 3 }, { name: d, weight: 1 } ] }";
  const part = "runtime_fraction: { default_value: { numerator: 25 } }";
  const routes = [
    `{ name: part, match: { prefix: /, ${part} }, route: { cluster: d, prefix_rewrite: /new/ } }`,
    `{ name: rest, match: { prefix: / }, route: { ${weighted}, timeout: 2s } }`,
  ].join(", ");
  const hash = "hash_policy: [ { header: { header_name: x-user } } ]";
  const text = bootstrap(
    routes,
    cluster("c", "lb_policy: RANDOM", endpoints(0, "a", "10.0.0.1", "10.0.0.2")) +
      cluster("d", "lb_policy: MAGLEV", endpoints(0, "a", "10.0.1.1", "10.0.1.2")),
  );

  test("tells the exact shares of decisions that hang on one random number together", () => {
    const [told] = explainText(text, { requests: ["GET /"], count: 4000 });
    // Of 100 remainders 0 to 24 are the part's; of 25 to 99 those that leave 3 when divided by 4 are 19.
    const shares = exact(told!.distribution.clusters);
    expect(shares).toEqual({ d: expect.closeTo(0.25 + 0.19, 12), c: expect.closeTo(0.56, 12) });
    for (const { count, exact } of told!.distribution.clusters)
      expect(Math.abs(count / 4000 - exact!)).toBeLessThan(6 * Math.sqrt((0.56 * 0.44) / 4000));
  });

  test("tells every draw, and decides by them as explained", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const [told] = explainText(text, { requests: ["GET /"], seed: String(seed) });
      const id = told!.draws.find(({ purpose }) => purpose === "stream id")!;
      const [share, weights] = id.reductions;
      const last = told!.routing!.candidates.at(-1)!;
      expect(last.name).toBe(share!.result < 25 ? "part" : "rest");
      expect(told!.sent!.cluster).toBe(weights === undefined || weights.result >= 3 ? "d" : "c");
      if (last.name === "part")
        expect(told!.changes).toContainEqual({ what: "path", from: "/", to: "/new/" });
    }
  });

  test("says that the same hash finds the same host, and spreads numbered requests", () => {
    const hashed = bootstrap(
      `{ match: { prefix: / }, route: { cluster: d, ${hash} } }`,
      cluster("d", "lb_policy: MAGLEV", endpoints(0, "a", "10.0.1.1", "10.0.1.2")),
    );
    const [same, spread] = explainText(hashed, {
      requests: ["GET / x-user=7", "GET / x-user={n}"],
      count: 400,
    });
    expect(same!.sent!.balancing!.hash).not.toBeNull();
    expect(same!.draws).toEqual([]);
    expect(Object.values(counts(same!.distribution.hosts)).sort((a, b) => a - b)).toEqual([0, 400]);
    for (const row of spread!.distribution.hosts) expect(row.count).toBeGreaterThan(100);
  });
});

test("wrong options are refused with their text and a remedy", () => {
  const files = { read: () => TWO_LEVELS, beside: (_: string, name: string) => name };
  const refused = (options: Partial<ExplainOptions>) => {
    const { problems, explanation } = explain("envoy.yaml", files, { requests: [], count: 1, ...options });
    expect(explanation).toBeUndefined();
    return problems.map(({ location, message, remedy }) => `${location.file}: ${message}; ${remedy}`);
  };
  expect(refused({ cluster: "d" })).toEqual(['--cluster: there is no cluster "d"; known: c']);
  expect(refused({ requests: ["GET /"], listener: "l" })).toEqual([
    '--listener: there is no listener "l" for HTTP; known: main',
  ]);
  expect(refused({ cluster: "c", edits: [{ option: "--weight", text: "10.0.0.1:80=0" }] })[0]).toContain(
    '--weight: weight "0" is not a whole number from 1',
  );
  expect(
    refused({ cluster: "c", edits: [{ option: "--health", text: "10.0.0.8:80=degraded" }] })[0],
  ).toContain("did you mean");
  expect(refused({ cluster: "c", proxy: "edge" })[0]).toContain("--proxy is for scenarios");
});
