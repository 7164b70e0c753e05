/** What the side that opens a connection says in TLS before anything else. */
export interface ClientHello {
  /** Server name (SNI) in lower case; empty: none. */
  readonly serverName: string;
  /** ALPN, the most wanted first. */
  readonly applicationProtocols: readonly string[];
  readonly hasCertificate: boolean;
  /** It is said only to a listener that takes no plain text from this connection. */
  readonly isOptional: boolean;
}
