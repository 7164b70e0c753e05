import { describe, expect, test } from "vitest";
import { problemsOf, read, shown, withCluster, withRoutes } from "./test-kit.suite.ts";

function clusterOf(...lines: string[]): unknown {
  const { config, problems } = read(withCluster(...lines));
  expect(problems.filter(({ severity }) => severity === "error").map(shown)).toEqual([]);
  const resources = config.snapshot!.bootstrap.static_resources as { clusters: unknown[] };
  return resources.clusters[0];
}

describe("the canonical form", () => {
  test("proto names, canonical enums and durations, plain wrappers, 64-bit numbers as text", () => {
    const read = clusterOf(
      "lbPolicy: least_request",
      "connect_timeout: 02.50s",
      "perConnectionBufferLimitBytes: {value: 0x10}",
      "ring_hash_lb_config: { minimumRingSize: 1e3 }",
      "dns_lookup_family: '1'",
    );
    expect(read).toEqual({
      name: "checkout",
      lb_policy: "LEAST_REQUEST",
      connect_timeout: "2.500s",
      per_connection_buffer_limit_bytes: 16,
      ring_hash_lb_config: { minimum_ring_size: "1000" },
      dns_lookup_family: "V4_ONLY",
    });
  });

  test("defaults of fields that know no absence, nulls and empty lists are left out", () => {
    expect(
      clusterOf("lb_policy: ROUND_ROBIN", "health_checks: []", "circuit_breakers: ~", "alt_stat_name: ''"),
    ).toEqual({
      name: "checkout",
    });
  });

  test("a value for a list, a null in a list, a duration as a message", () => {
    const read = clusterOf(
      "circuit_breakers: { thresholds: { max_retries: +3 } }",
      "connect_timeout: { seconds: 1, nanos: 5 }",
    );
    expect(read).toEqual({
      name: "checkout",
      circuit_breakers: { thresholds: [{ max_retries: 3 }] },
      connect_timeout: "1.000000005s",
    });
  });

  test("metadata keeps YAML's fractions as text, as Envoy does, and a key __proto__ as a key", () => {
    const lines =
      'metadata: { filter_metadata: { envoy.lb: { stage: 1.5, n: 3, ok: yes, "__proto__": 1 } } }';
    const read = clusterOf(lines) as { metadata: { filter_metadata: Record<string, object> } };
    expect(Object.entries(read.metadata.filter_metadata["envoy.lb"]!)).toEqual([
      ["stage", "1.5"],
      ["n", 3],
      ["ok", true],
      ["__proto__", 1],
    ]);
  });

  test("a TypedStruct becomes the message it stands for", () => {
    const text = withRoutes("routes: []").replace(
      "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router",
      "type.googleapis.com/xds.type.v3.TypedStruct, type_url: x/envoy.extensions.filters.http.router.v3.Router, value: { dynamicStats: no }",
    );
    const { config, problems } = read(text);
    expect(problems.map(shown)).toEqual([]);
    expect(JSON.stringify(config.snapshot)).toContain(
      '"typed_config":{"@type":"type.googleapis.com/envoy.extensions.filters.http.router.v3.Router","dynamic_stats":false}',
    );
  });

  test("what is free of @type is kept for foreign extensions, with a warning", () => {
    const { config, problems } = read(
      withCluster(
        "transport_socket:",
        "  name: x",
        '  typed_config: { "@type": t/acme.Socket, depth: { a: [1] } }',
      ),
    );
    expect(problems.map(shown)).toEqual([
      "6:32: warning: foreign-extension: Socket is an extension that Envoy's own build does not have; it is not simulated",
    ]);
    expect(JSON.stringify(config.snapshot)).toContain(
      '{"@type":"type.googleapis.com/acme.Socket","depth":{"a":[1]}}',
    );
  });

  test("positions are found by canonical path, or by what is around it", () => {
    const { config } = read(
      withCluster("lbPolicy: MAGLEV", "circuitBreakers:", "  thresholds:", "  - maxRetries: 5"),
    );
    expect(config.locate("static_resources.clusters[0].lb_policy")).toMatchObject({
      line: 4,
      column: 15,
      length: 6,
    });
    expect(
      config.locate("static_resources.clusters[0].circuit_breakers.thresholds[0].max_retries"),
    ).toMatchObject({ line: 7 });
    expect(
      config.locate("static_resources.clusters[0].circuit_breakers.thresholds[0].priority"),
    ).toMatchObject({ line: 7 });
    expect(config.locate("admin")).toMatchObject({ line: 1, column: 1 });
  });
});

describe("what is wrong in one field", () => {
  const cases: Record<string, [line: string, message: string]> = {
    "unknown field": [
      "lb_polcy: MAGLEV",
      '4:5: error: unknown-field: "lb_polcy" is not a field of Cluster; did you mean "lb_policy"?',
    ],
    "field of the v2 API": [
      "hosts: []",
      '4:5: error: unknown-field: "hosts" is not a field of Cluster; this is Envoy\'s v2 API: list the hosts in load_assignment.endpoints',
    ],
    "merge key": [
      "'<<': {}",
      '4:5: error: unknown-field: "<<" is not a field of Cluster; Envoy knows no merge keys: write the fields out',
    ],
    enum: ["type: STATICS", '4:11: error: bad-enum: type has no value "STATICS"; did you mean "STATIC"?'],
    "enum number": [
      "type: 17",
      "4:11: error: bad-enum: type has no value 17; write one of STATIC, STRICT_DNS, LOGICAL_DNS, EDS, ORIGINAL_DST",
    ],
    "duration in ms": [
      "connect_timeout: 250ms",
      '4:22: error: bad-duration: connect_timeout must be decimal seconds with an "s", not "250ms"; write 0.25s',
    ],
    "duration without a unit": [
      "connect_timeout: 5",
      '4:22: error: bad-duration: connect_timeout must be decimal seconds with an "s", not 5; write 5s',
    ],
    "duration as a word": [
      "connect_timeout: soon",
      '4:22: error: bad-duration: connect_timeout must be decimal seconds with an "s", not "soon"; write for example 0.25s',
    ],
    "negative duration": [
      "connect_timeout: -1s",
      "4:22: error: out-of-range: connect_timeout must not be negative, not -1s",
    ],
    "number for a text": [
      "alt_stat_name: 5",
      '4:20: error: wrong-type: alt_stat_name must be a text, not the number 5; put it in quotes: "5"',
    ],
    "word for a number": [
      "per_connection_buffer_limit_bytes: many",
      '4:40: error: wrong-type: per_connection_buffer_limit_bytes must be a whole number, not "many"',
    ],
    "fraction for a whole number": [
      "per_connection_buffer_limit_bytes: 1.5",
      "4:40: error: wrong-type: per_connection_buffer_limit_bytes must be a whole number, not 1.5",
    ],
    "number beyond 32 bits": [
      "per_connection_buffer_limit_bytes: 4294967296",
      "4:40: error: out-of-range: per_connection_buffer_limit_bytes must be from 0 to 4294967295, not 4294967296",
    ],
    "number for a boolean": [
      "respect_dns_ttl: 1",
      "4:22: error: wrong-type: respect_dns_ttl must be true or false, not 1",
    ],
    "list for a message": [
      "circuit_breakers: [1]",
      "4:23: error: wrong-type: circuit_breakers must be a mapping (CircuitBreakers), not a list",
    ],
    "mapping for a text": [
      "alt_stat_name: {}",
      "4:20: error: wrong-type: alt_stat_name must be a text, not a mapping",
    ],
    "rule of the definition": [
      "outlier_detection: { enforcing_consecutive_5xx: 150 }",
      "4:53: error: out-of-range: enforcing_consecutive_5xx must be at most 100, not 150",
    ],
    "rule on a wrapped value": [
      "common_lb_config: { healthy_panic_threshold: { value: 101 } }",
      "4:59: error: out-of-range: healthy_panic_threshold.value must be at least 0 and at most 100, not 101",
    ],
    "two members of a oneof": [
      "cluster_type: { name: envoy.cluster.static }\n    type: STATIC",
      "5:11: error: two-of-one: type cannot be set together with cluster_type: only one cluster_discovery_type is possible; remove one of them",
    ],
    "required member of a oneof": [
      "health_checks: [ { timeout: 1s, interval: 1s, healthy_threshold: 1, unhealthy_threshold: 1 } ]",
      "4:22: error: required: health_checks[0] needs one of http_health_check, tcp_health_check, grpc_health_check, custom_health_check (health_checker)",
    ],
    "no @type": [
      "transport_socket: { name: x, typed_config: { a: 1 } }",
      '4:48: error: missing-type: typed_config has no "@type"; add "@type": type.googleapis.com/... with the name of the extension\'s message',
    ],
    "@type without a slash": [
      'transport_socket: { name: x, typed_config: { "@type": envoy.Tls } }',
      '4:59: error: bad-type-url: "envoy.Tls" is not a type URL; write type.googleapis.com/envoy.Tls',
    ],
    "key twice": [
      "connect_timeout: 1s\n    connect_timeout: 2s",
      '5:5: warning: duplicate-key: "connect_timeout" is given twice, first in line 4; the last one counts; keep one of them',
    ],
    "two spellings": [
      "connect_timeout: 1s\n    connectTimeout: 2s",
      '5:5: warning: duplicate-key: "connect_timeout" and "connectTimeout" are the same field; which of them Envoy takes changes from run to run; keep "connect_timeout"',
    ],
    deprecated: [
      "track_timeout_budgets: true",
      "4:5: warning: deprecated-field: track_timeout_budgets is deprecated in Envoy 1.40; see its entry in Envoy's API reference for what replaces it",
    ],
  };
  for (const [name, [line, message]] of Object.entries(cases)) {
    test(name, () => expect(problemsOf(withCluster(line))).toEqual([message]));
  }

  test("all of them at once, in the order of the file", () => {
    const text = withCluster(
      "lb_polcy: MAGLEV",
      "type: STATICS",
      "connect_timeout: 250ms",
      "outlier_detection: { interval: 0s }",
    );
    expect(problemsOf(text).map((line) => line.split(":").slice(0, 4).join(":"))).toEqual([
      "4:5: error: unknown-field",
      "5:11: error: bad-enum",
      "6:22: error: bad-duration",
      "7:36: error: out-of-range",
    ]);
  });

  test("a misspelt @type", () => {
    const text = withRoutes("routes: []").replace("router.v3.Router", "router.v3.Ruoter");
    expect(problemsOf(text)).toEqual([
      '13:38: error: unknown-type: Envoy 1.40 has no message envoy.extensions.filters.http.router.v3.Ruoter; did you mean "envoy.extensions.filters.http.router.v3.Router"?',
    ]);
  });
});

describe("what is wrong with the file", () => {
  const cases: Record<string, [name: string, text: string, messages: string[]]> = {
    empty: ["e.yaml", "", ["1:1: error: empty-file: the file is empty; begin with static_resources:"]],
    "only a comment": [
      "e.yaml",
      "# nothing\n",
      ["1:1: error: empty-file: the file is empty; begin with static_resources:"],
    ],
    "a list": [
      "e.yaml",
      "[]",
      ["1:1: error: wrong-type: an Envoy bootstrap must be a mapping; begin with static_resources:"],
    ],
    "a word": [
      "e.yaml",
      "hello",
      ["1:1: error: wrong-type: an Envoy bootstrap must be a mapping; begin with static_resources:"],
    ],
    unclosed: [
      "e.yaml",
      "a: {b: 1\n",
      [
        "1:9: error: yaml-syntax: this is not YAML: flow map in block collection must be sufficiently indented and end with a }",
      ],
    ],
    "two documents": [
      "e.yaml",
      "admin: {}\n---\nb: 1\n",
      [
        "2:1: warning: more-documents: only the first YAML document of a file is read; remove the others or put them into files of their own",
      ],
    ],
    "YAML in a .json file": [
      "e.json",
      "admin: {}",
      ['1:1: error: json-syntax: this is not JSON: "a" where a value is expected'],
    ],
    "trailing comma": [
      "e.conf",
      '{"admin": {},}',
      [
        "1:13: error: json-syntax: this is not JSON: a comma before the end; remove the comma after the last item",
      ],
    ],
    "key twice in JSON": [
      "e.json",
      '{"admin": {},\n "admin": {}}',
      ['2:2: error: duplicate-key: "admin" is given twice, first in line 1; keep one of them'],
    ],
    "an empty mapping": ["e.yaml", "{}", []],
    "an ignored key": ["e.yaml", "!ignore x-common: 1\n", []],
  };
  for (const [name, [file, text, messages]] of Object.entries(cases)) {
    test(name, () => expect(problemsOf(text, file)).toEqual(messages));
  }
});
