import type { Message } from "../../decode/message.ts";
import type { ClientHello } from "../../network/client-hello.ts";
import type { HttpProtocol } from "../../network/connection.ts";

const UPSTREAM_TLS = "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext";

/** Envoy offers the protocol of its pool where no `alpn_protocols` are configured. */
const ALPN = { http1: "http/1.1", http2: "h2" } as const;

/** Reads what connections to a cluster begin with from the configuration of its transport socket; null: plain text. */
export function readClientHello(context: Message | undefined, protocol: HttpProtocol): ClientHello | null {
  if (context?.typeName !== UPSTREAM_TLS) return null;
  const common = context.message("common_tls_context");
  const configured = common?.strings("alpn_protocols") ?? [];
  const certificates = ["tls_certificates", "tls_certificate_sds_secret_configs"].filter(
    (field) => common?.raw(field) !== undefined,
  );
  return {
    serverName: context.string("sni").toLowerCase(),
    applicationProtocols: configured.length === 0 ? [ALPN[protocol]] : configured,
    hasCertificate: certificates.length > 0,
    isOptional: false,
  };
}
