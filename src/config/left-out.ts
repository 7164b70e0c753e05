import type { Json, JsonObject } from "../decode/message.ts";
import { items, object, text } from "./json-access.ts";
import { shortName } from "./reading.ts";
import { anyType } from "./walk-messages.ts";

/** What is said of something that is configured and not simulated. */
export interface LeftOut {
  readonly what: string;
  /** What the simulation does instead. */
  readonly instead: string;
}

const AS_IF_ABSENT = "the simulation acts as if it were absent";
const LETS_THROUGH = "everything passes as if it let everything through; the real one may refuse it";
const MAY_DO_ANYTHING = "everything passes unchanged; the real one may change, delay, answer or refuse it";
const CHANGES = "everything passes unchanged; the real one may change it, and by that its route or its host";
const ANSWERS_PREFLIGHTS = "everything passes unchanged; the real one answers preflight requests itself";
const PASSES = "everything passes, as through the real one; what it costs or says of it is left out";
const NOT_LIMITED = "nothing is limited; the real one may delay or refuse it";

/** Envoy 1.40's HTTP filters that are not simulated, by what leaving them out means. */
const HTTP_FILTERS: readonly (readonly [instead: string, names: readonly string[]])[] = [
  [
    LETS_THROUGH,
    [
      "api_key_auth",
      "basic_auth",
      "buffer",
      "cdn_loop",
      "csrf",
      "ext_authz",
      "jwt_authn",
      "oauth2",
      "proto_api_scrubber",
      "rbac",
    ],
  ],
  [
    MAY_DO_ANYTHING,
    [
      "a2a",
      "ai_protocol_manager",
      "aws_lambda",
      "cache",
      "cache_v2",
      "composite",
      "credential_injector",
      "custom_response",
      "dynamic_modules",
      "ext_proc",
      "file_server",
      "file_system_buffer",
      "filter_chain",
      "gcp_authn",
      "golang",
      "grpc_field_extraction",
      "grpc_http1_reverse_bridge",
      "grpc_json_reverse_transcoder",
      "grpc_json_transcoder",
      "kill_request",
      "lua",
      "mcp",
      "mcp_json_rest_bridge",
      "mcp_router",
      "on_demand",
      "proto_message_extraction",
      "wasm",
    ],
  ],
  [
    CHANGES,
    [
      "alternate_protocols_cache",
      "aws_request_signing",
      "compressor",
      "connect_grpc_bridge",
      "decompressor",
      "geoip",
      "grpc_http1_bridge",
      "grpc_web",
      "header_mutation",
      "header_to_metadata",
      "ip_tagging",
      "json_to_metadata",
      "original_src",
      "set_filter_state",
      "set_metadata",
      "sse_to_metadata",
      "stateful_session",
      "thrift_to_metadata",
      "transform",
    ],
  ],
  [ANSWERS_PREFLIGHTS, ["cors"]],
  [PASSES, ["grpc_stats", "tap"]],
  [NOT_LIMITED, ["bandwidth_share", "rate_limit_quota"]],
];

/** Of network and listener filters, those by which more changes than what they are about. */
const CONNECTION_FILTERS: readonly (readonly [instead: string, names: readonly string[]])[] = [
  [LETS_THROUGH, ["network.ext_authz", "network.rbac", "udp.udp_proxy.session.ext_authz"]],
  [
    MAY_DO_ANYTHING,
    ["listener.dynamic_modules", "network.dynamic_modules", "network.ext_proc", "network.wasm"],
  ],
  [
    CHANGES,
    ["network.geoip", "listener.original_src", "listener.set_filter_state", "network.set_filter_state"],
  ],
  [
    NOT_LIMITED,
    [
      "listener.local_ratelimit",
      "network.local_ratelimit",
      "network.ratelimit",
      "network.tcp_bandwidth_limit",
    ],
  ],
];

const BY_PACKAGE: ReadonlyMap<string, string> = new Map([
  ...HTTP_FILTERS.flatMap(([instead, names]) => names.map((name) => [`http.${name}`, instead] as const)),
  ...CONNECTION_FILTERS.flatMap(([instead, names]) => names.map((name) => [name, instead] as const)),
]);
/** A filter that is chosen request by request. */
const MATCHED = "envoy.extensions.common.matching.v3.ExtensionWithMatcher";
const UPSTREAM_CODEC = "envoy.extensions.filters.http.upstream_codec.";
const FILTER = /^envoy\.extensions\.filters\.(.+)\.v\d[^.]*\.[^.]+$/;

/** What stands instead of a filter's configuration, by the full name of its type; undefined: nothing is known. */
export function insteadOfFilter(type: string): string | undefined {
  if (type.startsWith(MATCHED)) return MAY_DO_ANYTHING;
  return BY_PACKAGE.get(FILTER.exec(type)?.[1] ?? "");
}

/** A message of a configuration and the full name of its type. */
export interface Owner {
  readonly message: JsonObject;
  readonly type: string;
}

/** What is said of a field of a message that nobody has read; undefined: it makes no difference. */
export function leftOut(
  { message: owner, type: ownerType }: Owner,
  field: string,
  value: Json,
): LeftOut | undefined {
  const type = typeof value === "object" && value !== null ? anyType(value as JsonObject) : "";
  const what = type === "" ? field : shortName(type);
  switch (`${ownerType}.${field}`) {
    case "envoy.config.overload.v3.OverloadAction.triggers":
    case "envoy.config.overload.v3.LoadShedPoint.triggers":
      return { what: text(owner, "name"), instead: OVERLOAD[text(owner, "name")] ?? "it never acts" };
    case "envoy.config.overload.v3.ResourceMonitor.typed_config":
      return { what, instead: "the pressure is what `pressure` of the scenario's faults says, otherwise 0" };
    case "envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter.config_discovery":
      return { what: `the filter "${text(owner, "name")}" by ${what}`, instead: MAY_DO_ANYTHING };
    case "envoy.extensions.filters.http.router.v3.Router.upstream_http_filters":
    case "envoy.extensions.upstreams.http.v3.HttpProtocolOptions.http_filters":
      return upstreamFilters(owner, field);
    default:
      return { what, instead: insteadOfFilter(type) ?? AS_IF_ABSENT };
  }
}

/** Filters between the router and the host; the codec ends them and does nothing of its own. */
function upstreamFilters(owner: JsonObject, field: string): LeftOut | undefined {
  const configs = items(owner, "", field).map(([filter]) => object(filter, "typed_config") ?? {});
  const types = configs.map(anyType).filter((type) => !type.startsWith(UPSTREAM_CODEC));
  if (types.length === 0) return undefined;
  return { what: `${field} with ${types.map(shortName).join(", ")}`, instead: MAY_DO_ANYTHING };
}

/** Why an overload action is left out. */
const OVERLOAD: Readonly<Record<string, string>> = {
  "envoy.overload_actions.reset_high_memory_stream": "no stream is reset: streams have no memory here",
  "envoy.overload_actions.shrink_heap": "there is no heap here; requests do not notice it",
  "envoy.overload_actions.close_idle_http_connections":
    "it closes HTTP/3 connections, which are not simulated",
};
