import type { Counter, Stats } from "../../telemetry/stats.ts";

/** Envoy's statistics of the listener filters that look at first bytes, which all listeners of a process share. */
export class SocketStats {
  readonly proxyFound: Counter;
  readonly proxyMalformed: Counter;
  readonly proxyNotFoundAllowed: Counter;
  readonly tlsFound: Counter;
  readonly tlsNotFound: Counter;
  readonly sniFound: Counter;
  readonly sniNotFound: Counter;
  readonly alpnFound: Counter;
  readonly alpnNotFound: Counter;

  constructor(stats: Stats) {
    this.proxyFound = stats.counter("proxy_proto.versions.v1.found");
    this.proxyMalformed = stats.counter("proxy_proto.versions.v1.error");
    this.proxyNotFoundAllowed = stats.counter("proxy_proto.not_found_allowed");
    this.tlsFound = stats.counter("tls_inspector.tls_found");
    this.tlsNotFound = stats.counter("tls_inspector.tls_not_found");
    this.sniFound = stats.counter("tls_inspector.sni_found");
    this.sniNotFound = stats.counter("tls_inspector.sni_not_found");
    this.alpnFound = stats.counter("tls_inspector.alpn_found");
    this.alpnNotFound = stats.counter("tls_inspector.alpn_not_found");
  }
}
