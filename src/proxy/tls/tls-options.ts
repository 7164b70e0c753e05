import type { Message } from "../../decode/message.ts";
import type { TlsOptions, TlsVersion } from "../../network/tls.ts";

const PREFIX = "envoy.extensions.transport_sockets.tls.v3.";

/** TLS towards hosts; undefined without it. Envoy offers TLS 1.2 at most unless it is told otherwise. */
export function readUpstreamTls(transportSocket: Message | undefined): TlsOptions | undefined {
  const context = contextOf(transportSocket, "UpstreamTlsContext");
  if (context === undefined) return undefined;
  return { maxVersion: maxVersion(context, "1.2"), resumes: context.number("max_session_keys") !== 0 };
}

/** TLS towards clients; undefined without it. */
export function readDownstreamTls(transportSocket: Message | undefined): TlsOptions | undefined {
  const context = contextOf(transportSocket, "DownstreamTlsContext");
  if (context === undefined) return undefined;
  const hasTickets = !context.boolean("disable_stateless_session_resumption");
  const hasSessions = !context.boolean("disable_stateful_session_resumption");
  return { maxVersion: maxVersion(context, "1.3"), resumes: hasTickets || hasSessions };
}

function contextOf(transportSocket: Message | undefined, type: string): Message | undefined {
  transportSocket?.string("name");
  const config = transportSocket?.message("typed_config");
  return config?.typeName === PREFIX + type ? config : undefined;
}

/** `otherwise`: what Envoy 1.40 makes of `TLS_AUTO` (ClientContextConfigImpl, ServerContextConfigImpl). */
function maxVersion(context: Message, otherwise: TlsVersion): TlsVersion {
  const params = context.message("common_tls_context")?.message("tls_params");
  const configured = params?.enum("tls_maximum_protocol_version", "TLS_AUTO") ?? "TLS_AUTO";
  if (configured === "TLS_AUTO") return otherwise;
  return configured === "TLSv1_3" ? "1.3" : "1.2";
}
