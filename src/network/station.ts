import type { Nanoseconds } from "../kernel/time.ts";
import type { Connection } from "./connection.ts";
import type { TlsOptions } from "./tls.ts";

/** A thing with an address on the simulated network. */
export interface Station {
  readonly kind: "client" | "proxy" | "service";
  /** Name of the client, proxy or service in the scenario; for an endpoint that nobody claims, its cluster's. */
  readonly of: string;
  /** `ip:port` of a host, IP address of a proxy, name of a client. */
  readonly address: string;
  /** Empty: none. */
  readonly zone: string;
  /** Running number in the world: identifies it in the digest. */
  readonly number: number;
  /** Number of the client, proxy or service it belongs to: its place in a request's own chance. */
  readonly place: number;
}

/** What a host tells a probe. */
export interface ProbeAnswer {
  /** In service and waiting. */
  readonly requestsInFlight: number;
  /** Median of its latest answers; 0 before the first. */
  readonly latency: Nanoseconds;
}

/** What listens on an address and port. */
export interface Acceptor {
  /** Answers a probe; null: no answer comes. Absent where nobody answers probes. */
  answerProbe?(): ProbeAnswer | null;
  /** What it takes from a connection by way of TLS; undefined: nothing is known, or it takes none. */
  tlsFor?(connection: Connection): TlsOptions | undefined;
  /** The time that its side of a TLS handshake takes from now. */
  handshakeTime?(connection: Connection): Nanoseconds;
  /**
   * A connection attempt has arrived; accepting it sets the connection's handler. `closed`: it is accepted and
   * closed at once; `ignored`: no answer comes.
   */
  accept(connection: Connection): "accepted" | "closed" | "refused" | "ignored";
  /**
   * The other side has sent all that it will ever send. True: a connection goes on until this side closes it, too;
   * otherwise, as where this is absent, `connectionClosed` follows.
   */
  keepsOpen?(connection: Connection): boolean;
  /** The other side has closed a connection. */
  connectionClosed(connection: Connection): void;
}
