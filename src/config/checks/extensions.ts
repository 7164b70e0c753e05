import type { JsonObject } from "../../decode/message.ts";
import { messageType } from "../descriptors.ts";
import { items, object, text } from "../json-access.ts";
import { shortName } from "../reading.ts";
import { anyType } from "../walk-messages.ts";
import type { Check, Checks, Context } from "./context.ts";

/** Envoy finds an extension by the type of its configuration alone; the name beside it may be anything. */
export const extensionChecks: Checks = {
  "envoy.config.listener.v3.Filter": extension("envoy.extensions.filters.network.", "network filter"),
  "envoy.config.listener.v3.ListenerFilter": extension(
    ["envoy.extensions.filters.listener.", "envoy.extensions.filters.udp."],
    "listener filter",
  ),
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter": extension(
    ["envoy.extensions.filters.http.", "envoy.extensions.common.matching.v3.ExtensionWithMatcher"],
    "HTTP filter",
  ),
  "envoy.config.route.v3.RetryPolicy.RetryHostPredicate": extension(
    "envoy.extensions.retry.host.",
    "host predicate",
  ),
  "envoy.config.route.v3.RetryPolicy.RetryPriority": extension(
    "envoy.extensions.retry.priority.",
    "retry priority",
  ),
  "envoy.config.core.v3.TransportSocket": extension(
    "envoy.extensions.transport_sockets.",
    "transport socket",
  ),
  "envoy.config.accesslog.v3.AccessLog": extension("envoy.extensions.access_loggers.", "access logger"),
  "envoy.config.metrics.v3.StatsSink": extension(
    ["envoy.config.metrics.v3.", "envoy.extensions.stat_sinks."],
    "stats sink",
  ),
  "envoy.config.cluster.v3.Cluster.CustomClusterType": checkClusterType,
  "envoy.config.cluster.v3.Cluster": (cluster, path, context) => {
    refuseSocketOf("downstream", cluster, path, context);
    for (const [match, where] of items(cluster, path, "transport_socket_matches")) {
      refuseSocketOf("downstream", match, where, context);
      if (match.transport_socket !== undefined) continue;
      context.report.error(
        "required",
        where,
        "the match has no transport_socket",
        "add it, or remove the match",
      );
    }
  },
  "envoy.config.listener.v3.FilterChain": (chain, path, context) =>
    refuseSocketOf("upstream", chain, path, context),
  "envoy.config.core.v3.TypedExtensionConfig": (extension, path, { report }) => {
    const config = object(extension, "typed_config");
    // Of load-balancing policies those that Envoy does not know are passed over.
    if (config === undefined || anyType(config) !== "" || path.includes("policies[")) return;
    const message = `the extension "${text(extension, "name")}" has an empty typed_config`;
    report.error("unknown-extension", `${path}.typed_config`, message, 'give it its "@type"');
  },
};

/** Transport sockets that are made for one side only. */
const SIDES: Readonly<Record<"upstream" | "downstream", readonly string[]>> = {
  downstream: [
    "tls.v3.DownstreamTlsContext",
    "quic.v3.QuicDownstreamTransport",
    "starttls.v3.StartTlsConfig",
  ],
  upstream: [
    "tls.v3.UpstreamTlsContext",
    "quic.v3.QuicUpstreamTransport",
    "starttls.v3.UpstreamStartTlsConfig",
    "proxy_protocol.v3.ProxyProtocolUpstreamTransport",
    "http_11_proxy.v3.Http11ProxyUpstreamTransport",
    "internal_upstream.v3.InternalUpstreamTransport",
  ],
};

function refuseSocketOf(
  side: "upstream" | "downstream",
  owner: JsonObject,
  path: string,
  { report }: Context,
): void {
  const type = anyType(object(owner, "transport_socket", "typed_config") ?? {});
  if (!SIDES[side].includes(type.replace("envoy.extensions.transport_sockets.", ""))) return;
  const message = `${shortName(type)} is for ${side} connections`;
  report.error("unknown-extension", `${path}.transport_socket.typed_config`, message);
}

function extension(prefixes: string | readonly string[], kind: string): Check {
  const allowed = [prefixes].flat();
  return (message, path, context) => {
    if (message.config_discovery !== undefined || message.is_optional === true) return;
    const config = object(message, "typed_config");
    if (config === undefined) reportMissing(message, path, kind, allowed[0]!, context);
    else refuseOtherKinds(config, path, kind, allowed, context);
  };
}

function reportMissing(
  message: JsonObject,
  path: string,
  kind: string,
  prefix: string,
  { report }: Context,
): void {
  const example = EXAMPLES[kind] ?? `${prefix}...`;
  const remedy = `add typed_config: { "@type": type.googleapis.com/${example} }`;
  report.error("missing-config", path, `the ${kind} "${text(message, "name")}" has no typed_config`, remedy);
}

const EXAMPLES: Readonly<Record<string, string>> = {
  "HTTP filter": "envoy.extensions.filters.http.router.v3.Router",
  "host predicate": "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate",
};

function refuseOtherKinds(
  config: JsonObject,
  path: string,
  kind: string,
  allowed: readonly string[],
  { report }: Context,
): void {
  const type = anyType(config);
  const foreign = type !== "" && messageType(type) === undefined;
  if (foreign || allowed.some((prefix) => type.startsWith(prefix))) return;
  const message =
    type === ""
      ? `the ${kind} has an empty typed_config`
      : `${shortName(type)} is not the configuration of ${/^[aeiouH]/.test(kind) ? "an" : "a"} ${kind}`;
  report.error(
    "unknown-extension",
    `${path}.typed_config`,
    message,
    `its "@type" should begin with ${allowed[0]}`,
  );
}

const CLUSTER_TYPES = new Set([
  ...["static", "strict_dns", "logical_dns", "eds", "original_dst", "dns", "strict_dns"].map(
    (name) => `envoy.cluster.${name}`,
  ),
  ...[
    "aggregate",
    "dns",
    "dynamic_forward_proxy",
    "redis",
    "dynamic_modules",
    "mcp_multicluster",
    "composite",
    "reverse_connection",
  ].map((name) => `envoy.clusters.${name}`),
]);

function checkClusterType(cluster: JsonObject, path: string, { report }: Context): void {
  const [name, type] = [text(cluster, "name"), anyType(object(cluster, "typed_config") ?? {})];
  if (CLUSTER_TYPES.has(name) || type.startsWith("envoy.extensions.clusters.")) return;
  if (type !== "" && messageType(type) === undefined) return;
  report.error("unknown-extension", path, `no cluster type of Envoy is named "${name}"`);
}
