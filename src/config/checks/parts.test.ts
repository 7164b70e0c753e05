import { describe, expect, test } from "vitest";
import { placeOf, problemsOf, withCluster, withRoutes } from "../test-kit.suite.ts";

/** What the real server refuses of parts of a bootstrap, each verified with `envoy --mode validate` of 1.40.0. */
describe("parts that do not fit", () => {
  const tls = (type: string, more = ""): string =>
    `transport_socket: { name: tls, typed_config: { "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.${type}${more} } }`;
  const layers = (...names: string[]): string =>
    `layered_runtime: { layers: [ ${names.map((name) => `{ ${name} }`).join(", ")} ] }\n`;
  const filter = (config: string): string =>
    withRoutes().replace(
      "          - name: router\n",
      `          - name: one\n            typed_config: { ${config} }\n          - name: router\n`,
    );
  const admission = (range: string): string =>
    filter(
      `"@type": type.googleapis.com/envoy.extensions.filters.http.admission_control.v3.AdmissionControl, success_criteria: { http_criteria: { http_success_status: [ ${range} ] } }`,
    );
  const limited = (interval: string, tokens: number): string =>
    filter(
      `"@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit, stat_prefix: x, token_bucket: { max_tokens: 1, fill_interval: 1s }, descriptors: [ { entries: [ { key: a, value: b } ], token_bucket: { max_tokens: ${tokens}, fill_interval: ${interval} } } ]`,
    );
  const traced = (tracer: string): string =>
    withRoutes().replace(
      "stat_prefix: web\n",
      `stat_prefix: web\n          tracing: { provider: { name: x, typed_config: { ${tracer} } } }\n`,
    );
  const zipkin = '"@type": type.googleapis.com/envoy.config.trace.v3.ZipkinConfig';

  const cases: Record<string, [text: string, at: string, message: string]> = {
    "longer than 64 bits of nanoseconds": [
      withCluster("connect_timeout: 9223372036s"),
      "9223372036s",
      "error: out-of-range: connect_timeout must be at most 9223372035s, not 9223372036s",
    ],
    "an admin address that is a name": [
      "admin: { address: { socket_address: { address: localhost, port_value: 1 } } }\n",
      "localhost",
      'error: bad-address: "localhost" is not an IP address; the admin page needs one, such as 127.0.0.1',
    ],
    "two runtime layers of one name": [
      layers("name: a, static_layer: {}", "name: a, admin_layer: {}"),
      "a, admin",
      'error: duplicate-name: there are two runtime layers named "a"; rename one of them',
    ],
    "two admin layers": [
      layers("name: a, admin_layer: {}", "name: b, admin_layer: {}"),
      "admin_layer: {} } ]",
      "error: too-many: at most one runtime layer may be the admin layer",
    ],
    "a tag's expression": [
      "stats_config: { stats_tags: [ { tag_name: x, regex: '*.*' } ] }\n",
      "'*.*'",
      'error: bad-regex: "*.*" is not a regular expression',
    ],
    "a socket of the other side upstream": [
      withCluster(tls("DownstreamTlsContext")),
      "typed_config",
      "error: unknown-extension: DownstreamTlsContext is for downstream connections",
    ],
    "a socket of the other side downstream": [
      withRoutes().replace("    - filters:\n", `    - ${tls("UpstreamTlsContext")}\n      filters:\n`),
      "typed_config",
      "error: unknown-extension: UpstreamTlsContext is for upstream connections",
    ],
    "a static certificate that is not there": [
      withCluster(
        tls(
          "UpstreamTlsContext",
          ", common_tls_context: { tls_certificate_sds_secret_configs: [ { name: mine } ] }",
        ),
      ),
      "{ name: mine",
      'error: unknown-secret: there is no static secret "mine" with a tls_certificate; add it to static_resources.secrets, or give sds_config',
    ],
    "a static validation context that is not there": [
      withCluster(
        tls(
          "UpstreamTlsContext",
          ", common_tls_context: { combined_validation_context: { default_validation_context: {}, validation_context_sds_secret_config: { name: mine } } }",
        ),
      ),
      "validation_context_sds_secret_config",
      'error: unknown-secret: there is no static secret "mine" with a validation_context; add it to static_resources.secrets, or give sds_config',
    ],
    "protocol options that nothing reads": [
      withCluster("typed_extension_protocol_options: { envoy.filters.network.redis_prox: {} }"),
      "envoy.filters",
      'error: unknown-extension: no extension of Envoy reads options named "envoy.filters.network.redis_prox"; did you mean "envoy.filters.network.redis_proxy"?',
    ],
    "two services of a config source": [
      withCluster(
        "type: EDS",
        "eds_cluster_config: { eds_config: { api_config_source: { api_type: GRPC, grpc_services: [ { google_grpc: { target_uri: x, stat_prefix: x } }, { google_grpc: { target_uri: x, stat_prefix: x } } ] } } }",
      ).replace("static_resources", "node: { id: a, cluster: b }\nstatic_resources"),
      "grpc_services",
      "error: too-many: a config source of a gRPC type has one of grpc_services; leave one",
    ],
    "a config source without a type": [
      withCluster(
        "type: EDS",
        "eds_cluster_config: { eds_config: { api_config_source: { grpc_services: { google_grpc: { target_uri: x, stat_prefix: x } } } } }",
      ).replace("static_resources", "node: { id: a, cluster: b }\nstatic_resources"),
      "api_config_source",
      "error: required: the config source has no api_type; add api_type: GRPC",
    ],
    "statuses that are no range": [
      admission("{ start: 404, end: 16 }"),
      "{ start: 404",
      "error: out-of-range: 404 to 16 is not a range of HTTP statuses: they begin at 100 and end at 600",
    ],
    "a descriptor's bucket that is filled too often": [
      limited("0.0005s", 1),
      "0.0005s",
      "error: out-of-range: fill_interval must be at least 0.05s, not 0.000500s",
    ],
    "a tracer's cluster": [
      traced(`${zipkin}, collector_cluster: zipkn, collector_endpoint: /x`),
      "zipkn",
      'error: unknown-cluster: there is no cluster "zipkn"; add it to static_resources.clusters; there are checkout',
    ],
    "a tracer without a cluster": [
      traced(`${zipkin}, collector_endpoint: /x`),
      `typed_config: { ${zipkin}`,
      "error: required: the Zipkin tracer needs collector_cluster; add collector_cluster, or collector_service",
    ],
    "a config source with nobody to ask": [
      withCluster(
        "type: EDS",
        "eds_cluster_config: { eds_config: { api_config_source: { api_type: GRPC } } }",
      ).replace("static_resources", "node: { id: a, cluster: b }\nstatic_resources"),
      "api_config_source",
      "error: required: the config source has nobody to ask; add grpc_services, or cluster_names for REST",
    ],
    "a logical DNS cluster without endpoints": [
      withCluster("type: LOGICAL_DNS"),
      "name: checkout",
      'error: too-many: the LOGICAL_DNS cluster "checkout" must have one endpoint, not 0; use type: STRICT_DNS for several',
    ],
    "two certificates towards hosts": [
      withCluster(
        tls(
          "UpstreamTlsContext",
          ", common_tls_context: { tls_certificates: [ { certificate_chain: { inline_string: x } }, { certificate_chain: { inline_string: z } } ] }",
        ),
      ),
      "tls_certificates",
      "error: too-many: towards hosts one certificate is possible, not several; leave one",
    ],
    "two secrets of one name": [
      withCluster().replace(
        "  clusters",
        "  secrets: [ { name: a, generic_secret: { secret: { inline_string: x } } }, { name: a, generic_secret: { secret: { inline_string: x } } } ]\n  clusters",
      ),
      "a, generic_secret: { secret: { inline_string: x } } } ]",
      'error: duplicate-name: there are two secrets named "a" with a generic_secret; rename one of them',
    ],
    "a tag without an expression": [
      'stats_config: { stats_tags: [ { tag_name: mine, regex: "" } ] }\n',
      "{ tag_name",
      'error: required: the tag "mine" has no regex, and Envoy has none for it; add regex, or fixed_value',
    ],
    "a filter towards hosts": [
      filter('"@type": type.googleapis.com/envoy.extensions.filters.http.upstream_codec.v3.UpstreamCodec'),
      'typed_config: { "@type": type.googleapis.com/envoy.extensions.filters.http.upstream',
      "error: unknown-extension: UpstreamCodec is for hosts only; it belongs into the http_filters of a cluster",
    ],
    "routes of a scope": [
      withRoutes().replace(
        '          route_config:\n            virtual_hosts:\n            - name: shop\n              domains: ["*"]\n',
        "          scoped_routes: { name: x, scope_key_builder: { fragments: [ { header_value_extractor: { name: x } } ] }, scoped_route_configurations_list: { scoped_route_configurations: [ { name: a, key: { fragments: [ { string_key: a } ] }, route_configuration: { name: a, virtual_hosts: [ { name: a, domains: [a], routes: [ { match: { prefix: / }, route: { cluster: billing } } ] } ] } } ] } }\n",
      ),
      "billing",
      'error: unknown-cluster: there is no cluster "billing"; add it to static_resources.clusters; there are checkout',
    ],
    "an access log's command": [
      withRoutes().replace(
        "stat_prefix: web\n",
        'stat_prefix: web\n          access_log: [ { name: x, typed_config: { "@type": type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog, log_format: { json_format: { a: { b: "%RESPONSE_COD%" } } } } } ]\n',
      ),
      '"%RESPONSE_COD%"',
      "error: bad-format: Envoy has no command %RESPONSE_COD%; did you mean %RESPONSE_CODE%?",
    ],
    "a tag without a name": [
      "stats_config: { stats_tags: [ { regex: a } ] }\n",
      "{ regex",
      "error: required: the tag has no tag_name",
    ],
    "chains of a listener without connections": [
      withRoutes().replace("{ address: 0.0.0.0,", "{ protocol: UDP, address: 0.0.0.0,"),
      "filter_chains",
      "error: not-possible-here: a listener on UDP without QUIC has no connections for filter_chains; use listener_filters",
    ],
    "a match without a transport socket": [
      withCluster("transport_socket_matches: [ { name: x, match: { a: b } } ]"),
      "{ name: x",
      "error: required: the match has no transport_socket; add it, or remove the match",
    ],
    "two spellings of one of several": [
      "admin: { address: { socket_address: { address: 127.0.0.1, port_value: 1 }, socketAddress: { address: 127.0.0.1, port_value: 2 } } }\n",
      "socketAddress",
      'error: duplicate-key: "socket_address" and "socketAddress" are the same field, which Envoy refuses to read twice; keep "socket_address"',
    ],
  };
  for (const [name, [text, at, message]] of Object.entries(cases))
    test(name, () => expect(problemsOf(text)).toEqual([`${placeOf(text, at)}: ${message}`]));

  const accepted: Record<string, string> = {
    "the longest duration": withCluster("connect_timeout: 9223372035.999999999s"),
    "an admin address that a resolver finds":
      "admin: { address: { socket_address: { address: localhost, resolver_name: x, port_value: 1 } } }\n",
    "a range of one status and of none": admission("{ start: 200, end: 200 }, { start: 599, end: 600 }"),
    "a bucket that is never filled, since it holds nothing": limited("0.0005s", 0),
    "a command with brackets in its argument, and a percent sign": withRoutes().replace(
      "stat_prefix: web\n",
      'stat_prefix: web\n          access_log: [ { name: x, typed_config: { "@type": type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog, log_format: { text_format_source: { inline_string: "100%% %CEL(size(request.path))% %START_TIME(%Y/%m/%d)% %REQ(X):5%" } } } } ]\n',
    ),
    "a null after the other spelling":
      "admin: { address: { socketAddress: { address: 127.0.0.1, port_value: 2 }, socket_address: null } }\n",
    "a null beside the other spelling":
      "admin: { address: { socket_address: null, socketAddress: { address: 127.0.0.1, port_value: 2 } } }\n",
  };
  for (const [name, text] of Object.entries(accepted)) test(name, () => expect(problemsOf(text)).toEqual([]));

  test("a name that is missing where names are looked up is a warning", () => {
    const text = withCluster(
      "type: STRICT_DNS",
      "load_assignment: { cluster_name: x, endpoints: { lb_endpoints: { endpoint: {} } } }",
    );
    expect(problemsOf(text)).toEqual([
      expect.stringContaining("warning: missing-address: the endpoint has no address"),
    ]);
  });

  test("listeners' source is looked at when Envoy starts, not when it validates", () => {
    const text =
      "node: { id: a, cluster: b }\ndynamic_resources: { lds_config: { api_config_source: {} } }\n";
    expect(problemsOf(text)).toContainEqual(
      expect.stringContaining("warning: required: the config source has no api_type"),
    );
  });
});
