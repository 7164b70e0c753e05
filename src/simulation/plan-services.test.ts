import { expect, test } from "vitest";
import { loadTestScenario, runTestScenario } from "../../test/support/run-scenario.ts";

const socket = (address: string, port: number): string =>
  `{ address: { socket_address: { address: ${address}, port_value: ${port} } } }`;

function cluster(name: string, type: string, endpoints: readonly string[], zone = ""): string {
  const hosts = endpoints.map((endpoint) => `{ endpoint: ${endpoint} }`).join(", ");
  const locality = zone === "" ? "" : `locality: { zone: ${zone} }, `;
  return `  - { name: ${name}, type: ${type}, connect_timeout: 10s, load_assignment: { cluster_name: ${name}, endpoints: [ { ${locality}lb_endpoints: [ ${hosts} ] } ] } }\n`;
}

function envoy(...clusters: string[]): string {
  return `static_resources:
  listeners:
  - name: web
    ${socket("0.0.0.0", 8080).slice(2, -2)}
    filter_chains:
    - filters:
      - name: hcm
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: web
          http_filters:
          - name: router
            typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }
          route_config:
            virtual_hosts:
            - name: all
              domains: ["*"]
              routes:
              - { match: { path: /admin }, route: { cluster: admin } }
              - { match: { prefix: / }, route: { cluster: shop } }
  clusters:
${clusters.join("")}`;
}

const scenario = (service: string, more = ""): string => `name: dns
duration: 1s
${more}proxies: { edge: { config: envoy.yaml } }
services: { shop: { ${service} } }
clients: { web: { to: edge, arrivals: { trace: t.jsonl } } }
`;

const asked = (...paths: string[]): string =>
  paths.map((path, i) => `{"at_ms":${i * 100},"method":"GET","authority":"a","path":"${path}"}\n`).join("");

test("a name is resolved at the port of each endpoint that looks it up, and the host is one", () => {
  const result = runTestScenario({
    "scenario.yaml": scenario("dns: shop.test, replicas: 2"),
    "envoy.yaml": envoy(
      cluster("shop", "STRICT_DNS", [socket("shop.test", 7000)]),
      cluster("admin", "LOGICAL_DNS", [socket("shop.test", 7001)]),
    ),
    "t.jsonl": asked("/", "/", "/admin", "/admin"),
  });
  const { hosts } = result.services[0]!;
  // Round robin takes each host once, a logical name is its first address.
  expect(hosts.map(({ address, requests }) => [address, requests])).toEqual([
    ["10.128.0.1:7000", 3],
    ["10.128.0.2:7000", 1],
  ]);
  expect(result.clients[0]!.status).toEqual([["200", 4]]);
});

test("where the cluster says where a name is, its zone wins over the service's", () => {
  const links = "network: { links: [ { to: zone:x, latency: 1ms }, { to: zone:a, latency: 30ms } ] }\n";
  const result = runTestScenario({
    "scenario.yaml": scenario("dns: shop.test, replicas: 1, zone: a, time: 0s", links),
    "envoy.yaml": envoy(
      cluster("shop", "STRICT_DNS", [socket("shop.test", 7000)], "x"),
      cluster("admin", "STATIC", [socket("10.9.9.9", 80)]),
    ),
    "t.jsonl": asked("/"),
  });
  // The connection is asked for, then the request sent: the way to the host, twice.
  expect(result.clients[0]!.latencyMs?.max).toBe(2);
});

test("more hosts than there are addresses are refused", () => {
  const files = { "t.jsonl": asked("/") };
  const direct = (replicas: number): string =>
    `name: many\nduration: 1s\nservices: { s: { replicas: ${replicas} } }\nclients: { w: { to: s, arrivals: { trace: t.jsonl } } }\n`;
  expect(() => loadTestScenario({ ...files, "scenario.yaml": direct(64_000) })).not.toThrow();
  expect(() => loadTestScenario({ ...files, "scenario.yaml": direct(64_001) })).toThrow(
    "scenario.yaml:3: error: there are addresses for 64000 hosts of each of 128 services",
  );
});

test("replicas of a proxy have addresses after its own", () => {
  const files = {
    "envoy.yaml": envoy(
      cluster("shop", "STATIC", [socket("10.9.9.9", 80)]),
      cluster("admin", "STATIC", [socket("10.9.9.8", 80)]),
    ),
  };
  const of = (replicas: number): string =>
    `name: many\nduration: 1s\nproxies: { edge: { config: envoy.yaml, address: 255.255.255.254, replicas: ${replicas} } }\nclients: { w: { to: edge, arrivals: { poisson: 1/s } } }\n`;
  expect(() => loadTestScenario({ ...files, "scenario.yaml": of(2) })).not.toThrow();
  expect(() => loadTestScenario({ ...files, "scenario.yaml": of(3) })).toThrow(
    "scenario.yaml:3: error: 255.255.255.254 has no 2 addresses after it",
  );
});
