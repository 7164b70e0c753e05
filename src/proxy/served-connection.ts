import type { ResponseFlagName } from "../http/response-flags.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import type { Closing, Connection } from "../network/connection.ts";
import type { RequestHandler } from "../network/stream.ts";
import type { ListenerDrain } from "./draining/listener-drain.ts";
import type { Worker } from "./worker.ts";

/** A connection from a client, as what serves it at the end of its filter chain sees it. */
export interface ServedConnection extends RequestHandler {
  readonly worker: Worker;
  /** The network filters in front have let it pass; nothing comes on it before. */
  start(): void;
  /** A network filter closes it for this reason, which a log shows beside the flag. */
  refused(reason: string, flag: ResponseFlagName | null): void;
  /** A network filter wants it to go to this cluster, if the configuration names only one. */
  useCluster(name: string): void;
  /** The client sends nothing more. True: the connection goes on until this side closes it. */
  keepsOpen(): boolean;
  /** Overload has changed how long it may be idle. */
  rescale(): void;
  /** Its listener is being drained: it hears of that when that begins, or when it is opened afterwards. */
  drainStarted(): void;
  /** It is closed: by this process, or by the client. */
  ended(by: "local" | "remote"): void;
}

/** What serves the connections of a filter chain on one worker: an HTTP connection manager or a TCP proxy. */
export interface ConnectionServer {
  readonly worker: Worker;
  /** Set by the listener, which keeps account of its connections. */
  closeConnection: (connection: Connection, closing: Closing) => void;
  /** `ip:port` of its listener, if that finds out what redirected connections were meant for; null otherwise. */
  redirectsTo: string | null;
  /** How its listener is being drained; null: nothing ever drains it. */
  drain: ListenerDrain | null;
  /** A connection has come to this worker, accepted at `acceptedAt`: listener filters may have taken their time. */
  open(connection: Connection, acceptedAt: Nanoseconds): ServedConnection;
  /** The process dies: what this does beside its connections is lost. */
  goDown(): void;
}
