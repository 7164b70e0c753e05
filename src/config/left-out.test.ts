import { expect, test } from "vitest";
import { Message, ReadLog } from "../decode/message.ts";
import { readProxyConfig } from "../proxy/proxy-config.ts";
import { unmodelled } from "./account.ts";
import { insteadOfFilter } from "./left-out.ts";
import { read } from "./test-kit.suite.ts";

const TYPE = "type.googleapis.com/envoy.extensions.filters";

/** What is reported of a configuration once a proxy has been made of it: `what: instead`. */
function reported(bootstrap: object): string[] {
  const { config, problems } = read(JSON.stringify(bootstrap), "envoy.json");
  expect(problems.filter(({ severity }) => severity === "error")).toEqual([]);
  const log = new ReadLog();
  readProxyConfig(new Message(config.snapshot!.bootstrap, "", log));
  return unmodelled(config, log).map(({ message, remedy }) => `${message}: ${remedy}`);
}

function withFilters(filters: readonly object[], routeConfigs: object = {}) {
  const router = { name: "router", typed_config: { "@type": `${TYPE}.http.router.v3.Router` } };
  const typed_config = {
    "@type": `${TYPE}.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: "in",
    http_filters: [...filters, router],
    route_config: { virtual_hosts: [{ name: "v", domains: ["*"], typed_per_filter_config: routeConfigs }] },
  };
  const address = { socket_address: { address: "127.0.0.1", port_value: 10000 } };
  const filter_chains = [{ filters: [{ name: "manager", typed_config }] }];
  return { static_resources: { listeners: [{ name: "in", address, filter_chains }] } };
}

const csrf = (name: string) => ({
  name,
  typed_config: { "@type": `${TYPE}.http.csrf.v3.CsrfPolicy`, filter_enabled: { default_value: {} } },
});

/** Every HTTP filter of Envoy 1.40's build (source/extensions/extensions_build_config.bzl) by its package. */
const OF_THE_BUILD =
  "a2a ai_protocol_manager alternate_protocols_cache api_key_auth aws_lambda aws_request_signing " +
  "bandwidth_share basic_auth buffer cache cache_v2 cdn_loop compressor cors composite connect_grpc_bridge " +
  "credential_injector csrf custom_response decompressor ext_authz ext_proc file_server filter_chain " +
  "file_system_buffer gcp_authn geoip grpc_field_extraction grpc_http1_bridge grpc_http1_reverse_bridge " +
  "grpc_json_reverse_transcoder grpc_json_transcoder grpc_stats grpc_web header_to_metadata ip_tagging " +
  "json_to_metadata jwt_authn mcp mcp_json_rest_bridge mcp_router rate_limit_quota kill_request lua oauth2 " +
  "on_demand original_src proto_message_extraction proto_api_scrubber rbac set_filter_state set_metadata tap " +
  "thrift_to_metadata wasm stateful_session sse_to_metadata header_mutation transform dynamic_modules";

test.each(OF_THE_BUILD.split(" "))("says what leaving the HTTP filter %s out means", (name) => {
  expect(insteadOfFilter(`envoy.extensions.filters.http.${name}.v3.Config`)).toBeDefined();
});

test("a filter that may refuse requests is said to let all of them through", () => {
  expect(reported(withFilters([csrf("csrf")]))).toEqual([
    "CsrfPolicy is not simulated: everything passes as if it let everything through; the real one may refuse it",
  ]);
});

test("a filter that comes by discovery is reported by its name", () => {
  const config_discovery = {
    config_source: { path_config_source: { path: "/filter.yaml" } },
    type_urls: [`${TYPE}.http.csrf.v3.CsrfPolicy`],
  };
  expect(reported(withFilters([{ name: "later", config_discovery }]))).toEqual([
    'the filter "later" by config_discovery is not simulated: everything passes unchanged; the real one may ' +
      "change, delay, answer or refuse it",
  ]);
});

test("a filter that is chosen by a matcher is reported, what it would be configured with is not", () => {
  const typed_config = {
    "@type": "type.googleapis.com/envoy.extensions.common.matching.v3.ExtensionWithMatcher",
    extension_config: { name: "composite", typed_config: { "@type": `${TYPE}.http.composite.v3.Composite` } },
  };
  expect(reported(withFilters([{ name: "matched", typed_config }]))).toEqual([
    expect.stringContaining("ExtensionWithMatcher is not simulated: everything passes unchanged"),
  ]);
});

test("a filter that is switched off everywhere is simulated", () => {
  expect(reported(withFilters([{ ...csrf("csrf"), disabled: true }]))).toEqual([]);
});

test("a filter that a route switches on again, or configures, is reported", () => {
  const off = { ...csrf("csrf"), disabled: true };
  const level = (more: object) => ({
    csrf: { "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig", ...more },
  });
  const own = csrf("").typed_config;
  expect(reported(withFilters([off], level({ config: own })))).not.toEqual([]);
  expect(reported(withFilters([off], { csrf: own })).length).toBe(2);
  expect(reported(withFilters([off], level({ disabled: true })))).toEqual([]);
});

test("filters between router and host are reported by their types, the codec alone is not", () => {
  const codec = { name: "codec", typed_config: { "@type": `${TYPE}.http.upstream_codec.v3.UpstreamCodec` } };
  const mutation = { name: "m", typed_config: { "@type": `${TYPE}.http.header_mutation.v3.HeaderMutation` } };
  const cluster = (...http_filters: object[]) => ({
    name: "c",
    load_assignment: { cluster_name: "c" },
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        explicit_http_config: { http_protocol_options: {} },
        http_filters,
      },
    },
  });
  expect(reported({ static_resources: { clusters: [cluster(codec)] } })).toEqual([]);
  expect(reported({ static_resources: { clusters: [cluster(mutation, codec)] } })).toEqual([
    expect.stringContaining("http_filters with HeaderMutation is not simulated: everything passes unchanged"),
  ]);
});

test("overload actions that have nothing to act on say why", () => {
  const name = "envoy.resource_monitors.fixed_heap";
  const heap = "type.googleapis.com/envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig";
  const action = (kind: string) => ({
    name: `envoy.overload_actions.${kind}`,
    triggers: [{ name, threshold: { value: 0.9 } }],
  });
  const overload_manager = {
    buffer_factory_config: { minimum_account_to_track_power_of_two: 20 },
    resource_monitors: [{ name, typed_config: { "@type": heap, max_heap_size_bytes: "1" } }],
    actions: ["reset_high_memory_stream", "shrink_heap", "stop_accepting_requests"].map(action),
    loadshed_points: [{ ...action(""), name: "envoy.load_shed_points.http2_server_go_away_on_dispatch" }],
  };
  expect(reported({ overload_manager })).toEqual([
    "FixedHeapConfig is not simulated: the pressure is what `pressure` of the scenario's faults says, otherwise 0",
    "envoy.overload_actions.reset_high_memory_stream is not simulated: no stream is reset: streams have no memory here",
    "envoy.overload_actions.shrink_heap is not simulated: there is no heap here; requests do not notice it",
    "envoy.load_shed_points.http2_server_go_away_on_dispatch is not simulated: it never acts",
  ]);
});
