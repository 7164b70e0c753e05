export type TlsVersion = "1.2" | "1.3";

/** What one side of a TLS connection is ready for. */
export interface TlsOptions {
  /** The newest version that it speaks; versions before 1.2 cost as much as that. */
  readonly maxVersion: TlsVersion;
  /** Whether it keeps or accepts sessions, so that a later handshake may be shorter. */
  readonly resumes: boolean;
}

/** A server of which nothing else is known. */
export const ANY_TLS: TlsOptions = { maxVersion: "1.3", resumes: true };

/**
 * The side that opens TLS connections, with the newest session that it has: with that server a TLS 1.2 handshake
 * is shorter. It keeps one session whoever the server is, as a context of Envoy's does by default, and servers
 * know their own sessions only.
 */
export class TlsClient {
  private readonly options: TlsOptions;
  /** The server of the newest session; null: there is none. */
  private newest: string | null = null;

  constructor(options: TlsOptions) {
    this.options = options;
  }

  /**
   * Round trips of a handshake with the server at this address, after TCP's own: one in TLS 1.3 and for a
   * session that is resumed, otherwise two (RFC 8446, RFC 5246). No data go ahead of its end.
   */
  roundTrips(address: string, server: TlsOptions): number {
    const isNew = this.options.maxVersion === "1.3" && server.maxVersion === "1.3";
    return isNew || this.willResume(address, server) ? 1 : 2;
  }

  willResume(address: string, server: TlsOptions): boolean {
    return server.resumes && this.newest === address;
  }

  /** A handshake has succeeded and left a session. */
  connected(address: string): void {
    if (this.options.resumes) this.newest = address;
  }
}
