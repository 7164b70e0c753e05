import type { ClientHello } from "../network/client-hello.ts";
import type { Protocol } from "../network/connection.ts";

/** How a client speaks: plain text (null), TLS or plain text as the listener wants it, or TLS, saying this. */
export type ClientTls =
  | null
  | "as-wanted"
  | {
      /** Absent: the host of the first request of the connection. */
      readonly sni?: string | undefined;
      /** Absent: the protocol of the connection. */
      readonly alpn?: readonly string[] | undefined;
      readonly certificate: boolean;
    };

const ALPN = { http1: ["http/1.1"], http2: ["h2"], tcp: [] } as const;

/** What a connection begins with whose first request is for `authority`. */
export function helloOf(tls: ClientTls, protocol: Protocol, authority: string): ClientHello | null {
  if (tls === null) return null;
  const own = tls === "as-wanted" ? undefined : tls;
  return {
    serverName: (own?.sni ?? hostNameOf(authority)).toLowerCase(),
    applicationProtocols: own?.alpn ?? ALPN[protocol],
    hasCertificate: own?.certificate ?? false,
    isOptional: own === undefined,
  };
}

/** Without the port; empty for an IP address, which is no server name (RFC 6066, section 3). */
function hostNameOf(authority: string): string {
  if (authority.startsWith("[")) return "";
  const name = authority.replace(/:\d*$/, "");
  return /^[\d.]+$/.test(name) ? "" : name;
}
