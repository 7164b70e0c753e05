import type { Nanoseconds } from "../../kernel/time.ts";
import type { ClientHello } from "../../network/client-hello.ts";

/** What a scripted upstream does with one request. */
export interface UpstreamBehaviour {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly bodyBytes: number;
  /** From the full request to the answer. */
  readonly delay: Nanoseconds;
  readonly does: UpstreamAction;
  /** Code of the RST_STREAM with which HTTP/2 resets before headers. */
  readonly http2Error: number;
  /** How it ends a connection by `reset` without HTTP/2: FIN or RST. */
  readonly closing: "closed" | "reset";
  /** TCP: it answers before anything is sent, and nothing afterwards. */
  readonly speaksFirst: boolean;
}

/**
 * `answer`: the usual; `hang`: never answers; `reset`: reads the request and closes the connection (HTTP/2: resets
 * the stream); `break-off`: begins the answer and closes the connection in its middle; `garbage`: sends what is
 * not HTTP.
 */
export type UpstreamAction = "answer" | "hang" | "reset" | "break-off" | "garbage";

export interface BehaviourScript {
  readonly script: readonly UpstreamBehaviour[];
  /** When the script is at its end. */
  readonly otherwise: UpstreamBehaviour;
}

/** One scripted endpoint: each request takes the next entry of the script; afterwards the default holds. */
export interface UpstreamScript extends BehaviourScript {
  /** `ip:port`. */
  readonly address: string;
  /** What it does with health checks, which have a script of their own. */
  readonly health: BehaviourScript;
  /** `refuse`: the port is closed; `ignore`: connection attempts get no answer. */
  readonly accepts: "accept" | "refuse" | "ignore";
  /** It receives copies: what it receives are no attempts. */
  readonly isMirror: boolean;
}

export interface ProbeRequest {
  /** Its number in the case. */
  readonly n: number;
  /** When it is sent in a concurrent case, after time 0. */
  readonly at: Nanoseconds;
  readonly method: string;
  readonly authority: string;
  readonly path: string;
  /** All values of each header, by lower-case name. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly bodyBytes: number;
  /** Null: it is a request of HTTP. */
  readonly tcp: TcpRequest | null;
}

/** A connection with one line and its answer in place of a request. */
export interface TcpRequest {
  /** Of the listener; undefined: the case has only one. */
  readonly port: number | undefined;
  /** IP address of the client. */
  readonly source: string;
  /** The PROXY header that it begins with; null: none. */
  readonly proxyHeader: string | null;
  /** What it says in TLS; null: plain text. */
  readonly hello: ClientHello | null;
  /** How long the client stays after the answer. */
  readonly hold: Nanoseconds;
  /** How long it waits for the answer. */
  readonly patience: Nanoseconds;
}

/** A case as its folder describes it: who answers what, and which requests are sent how. */
export interface ProbeCase {
  /**
   * `sequential`: each request follows the end of the one before on one connection; `concurrent`: each at its own
   * instant on a free or a new connection.
   */
  readonly mode: "sequential" | "concurrent";
  /** Sequential: between the end of one and the start of the next. */
  readonly gap: Nanoseconds;
  /** Between the last answer and the reading of statistics. */
  readonly settle: Nanoseconds;
  readonly requests: readonly ProbeRequest[];
  readonly upstreams: readonly UpstreamScript[];
  /** Which further recordings are wanted; undefined: all that apply. */
  readonly alsoRecorded: readonly string[] | undefined;
  /** Request headers that `upstream.jsonl` shows. */
  readonly upstreamHeaders: readonly string[];
}
