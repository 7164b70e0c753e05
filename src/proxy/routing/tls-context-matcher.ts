import type { Message } from "../../decode/message.ts";
import type { PeerCertificate } from "./peer-certificate.ts";

/**
 * Compiles a `route.v3.RouteMatch.TlsContextMatchOptions`; a connection without TLS counts as one without a
 * certificate (Envoy 1.40, source/common/router/config_impl.cc).
 */
export function compileTlsContextMatcher(options: Message): (certificate: PeerCertificate) => boolean {
  const presented = wanted(options, "presented");
  const validated = wanted(options, "validated");
  return (certificate) =>
    (presented === undefined || presented === (certificate !== "none")) &&
    (validated === undefined || validated === (certificate === "validated"));
}

function wanted(options: Message, field: string): boolean | undefined {
  return options.has(field) ? options.boolean(field) : undefined;
}
