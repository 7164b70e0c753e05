import { describe, expect, test } from "vitest";
import { placeOf, problemsOf, withCluster, withRoutes } from "../test-kit.suite.ts";

function endpoint(address: string): string {
  return `load_assignment: { cluster_name: checkout, endpoints: { lb_endpoints: [ { endpoint: { address: { socket_address: { address: ${address}, port_value: 80 } } } } ] } }`;
}

describe("routes", () => {
  const route = (action: string): string => withRoutes("routes:", `- { match: { prefix: / }, ${action} }`);
  const cases: Record<string, [text: string, at: string, message: string]> = {
    "unknown cluster": [
      route("route: { cluster: chekout }"),
      "chekout",
      'error: unknown-cluster: there is no cluster "chekout"; did you mean "checkout"?',
    ],
    "unknown weighted cluster": [
      route("route: { weighted_clusters: { clusters: { name: billing, weight: 1 } } }"),
      "billing",
      'error: unknown-cluster: there is no cluster "billing"; add it to static_resources.clusters; there are checkout',
    ],
    "unknown mirror": [
      route("route: { cluster: checkout, request_mirror_policies: { cluster: shadow } }"),
      "shadow",
      'error: unknown-cluster: there is no cluster "shadow"; add it to static_resources.clusters; there are checkout',
    ],
    "weight missing": [
      route("route: { weighted_clusters: { clusters: { name: checkout } } }"),
      "{ name: checkout }",
      'error: required: the weighted cluster "checkout" has no weight; add weight',
    ],
    "weights add up to 0": [
      route("route: { weighted_clusters: { clusters: { name: checkout, weight: 0 } } }"),
      "weighted_clusters",
      "error: out-of-range: the weights add up to 0; give one cluster a weight",
    ],
    "weights beyond 32 bits": [
      route(
        "route: { weighted_clusters: { clusters: [ { name: checkout, weight: 4294967295 }, { name: checkout, weight: 1 } ] } }",
      ),
      "weighted_clusters",
      "error: out-of-range: the weights add up to 4294967296; at most 4294967295 is possible",
    ],
    "back-off turned round": [
      route(
        "route: { cluster: checkout, retry_policy: { retry_back_off: { base_interval: 1s, max_interval: 0.5s } } }",
      ),
      "0.5s",
      "error: out-of-range: max_interval (0.500s) must not be below base_interval (1s)",
    ],
    "regex of another dialect": [
      withRoutes("routes:", "- { match: { safe_regex: { regex: '(?=a)b' } }, route: { cluster: checkout } }"),
      "'(?=",
      "error: bad-regex: this is not a regular expression of RE2: invalid or unsupported Perl syntax: `(?=`; RE2 has no look-around and no back-references",
    ],
    "header that routing owns": [
      withRoutes("request_headers_to_remove: [Host]"),
      "Host",
      'error: not-possible-here: the header "Host" cannot be removed',
    ],
    "unknown command in a header": [
      withRoutes("request_headers_to_add: { header: { key: a, value: '%PROTCOL%' } }"),
      "'%PROTCOL",
      "error: bad-format: Envoy has no command %PROTCOL%; did you mean %PROTOCOL%?",
    ],
    "lone percent sign": [
      withRoutes("request_headers_to_add: { header: { key: a, value: '5% %%' } }"),
      "'5%",
      'error: bad-format: "5% %%" has a "%" that begins no command such as %REQ(host)%; write "%%" for a percent sign',
    ],
  };
  for (const [name, [text, at, message]] of Object.entries(cases)) {
    test(name, () => expect(problemsOf(text)).toEqual([`${placeOf(text, at)}: ${message}`]));
  }

  test("one domain in two virtual hosts, letter case aside", () => {
    const text = withRoutes().replace('domains: ["*"]', 'domains: ["a.b", "A.b"]');
    expect(problemsOf(text)).toEqual([
      `${placeOf(text, '"A.b"')}: error: duplicate-domain: the domain "A.b" is already that of the virtual host "shop"; every domain may stand once in a route table`,
    ]);
  });

  test("a table that does not validate clusters", () => {
    const text = route("route: { cluster: nowhere }").replace(
      "virtual_hosts:",
      "validate_clusters: false\n            virtual_hosts:",
    );
    expect(problemsOf(text)).toEqual([]);
  });
});

describe("clusters", () => {
  const cases: Record<string, [lines: string[], at: string, message: string]> = {
    "EDS without a source": [
      ["type: EDS"],
      "name: checkout",
      'error: missing-eds-config: the EDS cluster "checkout" has no eds_config; say in eds_cluster_config.eds_config where its endpoints come from',
    ],
    "source without EDS": [
      ["eds_cluster_config: { eds_config: { ads: {} } }"],
      "eds_cluster_config",
      'error: not-possible-here: eds_cluster_config is set, but the cluster "checkout" is STATIC; set type: EDS or remove it',
    ],
    "a name in a static cluster": [
      [endpoint("cart.internal")],
      "cart.internal",
      'error: bad-address: "cart.internal" is not an IP address, and this cluster does not resolve names; set type: STRICT_DNS or LOGICAL_DNS',
    ],
    "an endpoint without an address": [
      ["load_assignment: { cluster_name: checkout, endpoints: { lb_endpoints: [ {} ] } }"],
      "{} ]",
      "error: missing-address: the endpoint has no address; give it endpoint: { address: { socket_address: { address: ..., port_value: ... } } }",
    ],
    "ring sizes turned round": [
      ["lb_policy: RING_HASH", "ring_hash_lb_config: { minimum_ring_size: 20, maximum_ring_size: 10 }"],
      "10 }",
      "error: out-of-range: minimum_ring_size (20) is above maximum_ring_size (10)",
    ],
    "a Maglev table that is not prime": [
      ["lb_policy: MAGLEV", "maglev_lb_config: { table_size: 65536 }"],
      "65536",
      "error: out-of-range: table_size must be a prime number, not 65536; write 65537",
    ],
    "hashing by hostname without names": [
      [
        "lb_policy: RING_HASH",
        "common_lb_config: { consistent_hashing_lb_config: { use_hostname_for_hashing: true } }",
      ],
      "true",
      "error: not-possible-here: a STATIC cluster cannot hash by hostname; only STRICT_DNS clusters can; without it the address is hashed",
    ],
    "a policy that is missing": [
      ["lb_policy: LOAD_BALANCING_POLICY_CONFIG"],
      "LOAD_BAL",
      "error: missing-policy: lb_policy is LOAD_BALANCING_POLICY_CONFIG, but load_balancing_policy is not set; set load_balancing_policy or name a policy here",
    ],
    "a balancer that nobody provides": [
      ["lb_policy: CLUSTER_PROVIDED"],
      "CLUSTER_PROVIDED",
      "error: bad-policy: lb_policy is CLUSTER_PROVIDED, but a STATIC cluster provides no balancer; name a policy such as ROUND_ROBIN",
    ],
    "limits per host": [
      ["circuit_breakers: { per_host_thresholds: { max_requests: 3 } }"],
      "3 }",
      "error: not-possible-here: max_requests is not possible in per_host_thresholds; only max_connections is",
    ],
    "a name twice": [
      ["connect_timeout: 1s\n  - name: checkout "],
      "checkout ",
      'error: duplicate-name: there are two clusters named "checkout"; rename one of them',
    ],
  };
  for (const [name, [lines, at, message]] of Object.entries(cases)) {
    const text = withCluster(...lines);
    test(name, () => expect(problemsOf(text)).toEqual([`${placeOf(text, at)}: ${message}`]));
  }

  test("an unknown local cluster", () => {
    const text = `${withCluster()}cluster_manager: { local_cluster_name: chekout }\n`;
    expect(problemsOf(text)).toEqual([
      `${placeOf(text, "chekout")}: error: unknown-cluster: there is no cluster "chekout"; did you mean "checkout"?`,
    ]);
  });
});

describe("listeners and filters", () => {
  const router =
    '          - name: router\n            typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }\n';
  const cases: Record<string, [from: string, to: string, at: string, message: string]> = {
    "a host name to listen on": [
      "address: 0.0.0.0",
      "address: localhost",
      "localhost",
      'error: bad-address: "localhost" is not an IP address; a listener needs one, such as 0.0.0.0 or 127.0.0.1',
    ],
    "no filter chains": [
      "    filter_chains:\n",
      "    default_filter_chain_: {}\n    filter_chains:\n",
      "default_filter_chain_",
      'error: unknown-field: "default_filter_chain_" is not a field of Listener; did you mean "default_filter_chain"?',
    ],
    "the router twice": [
      router,
      router + router,
      "name: router",
      'error: filter-order: "router" ends the filter chain and must be the last HTTP filter; move it to the end',
    ],
    "no router at the end": [
      "envoy.extensions.filters.http.router.v3.Router",
      "envoy.extensions.filters.http.cors.v3.Cors",
      "name: router",
      'error: filter-order: "router" cannot be the last HTTP filter: nothing sends the request on; add envoy.extensions.filters.http.router.v3.Router as the last one',
    ],
    "a filter without configuration": [
      '\n            typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }',
      "",
      "name: router",
      'error: missing-config: the HTTP filter "router" has no typed_config; add typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router }',
    ],
    "a filter of another kind": [
      "envoy.extensions.filters.http.router.v3.Router",
      "envoy.config.cluster.v3.Cluster, name: x",
      'typed_config: { "@type": type.googleapis.com/envoy.config',
      'error: unknown-extension: Cluster is not the configuration of an HTTP filter; its "@type" should begin with envoy.extensions.filters.http.',
    ],
  };
  for (const [name, [from, to, at, message]] of Object.entries(cases)) {
    const text = withRoutes().replace(from, to);
    test(name, () => expect(problemsOf(text)).toEqual([`${placeOf(text, at)}: ${message}`]));
  }

  test("two listeners on one address", () => {
    const text = withRoutes();
    const listener = text.slice(text.indexOf("  - name: web"), text.indexOf("  clusters:"));
    const both = text.replace("  clusters:", `${listener.replace("name: web", "name: other")}  clusters:`);
    expect(problemsOf(both)).toEqual([
      `${placeOf(both, "address:", "name: other")}: error: duplicate-address: the listener "other" has the address of the listener "web"; give each its own port`,
    ]);
  });

  test("resources from outside for a proxy without a name are a warning", () => {
    expect(problemsOf("dynamic_resources: { cds_config: { ads: {} } }\n")).toEqual([
      "1:1: warning: missing-node: resources come from outside, but node.id and node.cluster are not both set; set them, or give Envoy --service-node and --service-cluster",
    ]);
  });
});
