import type { Message } from "../../decode/message.ts";
import type { RateLimitRequest, RateLimitResponse } from "../../http/rate-limit-call.ts";
import type { ResponseFlagName } from "../../http/response-flags.ts";
import type { Simulator } from "../../kernel/simulator.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import type { Connection } from "../../network/connection.ts";
import type { Random64 } from "../../random/random64.ts";
import type { Stats } from "../../telemetry/stats.ts";
import type { Runtime } from "../runtime/runtime.ts";

/** A connection from a client, as network filters see it (Envoy 1.40, Network::ReadFilterCallbacks). */
export interface FilteredConnection {
  readonly connection: Connection;
  /** The worker's own draws. */
  readonly random: Random64;
  /** SNI in lower case, as far as the proxy sees it; empty: none. */
  readonly serverName: string;
  /** Names the cluster that a TCP proxy without weighted clusters connects to. */
  useCluster(name: string): void;
  /** Closes it for this reason, which a log shows beside the flag. */
  close(reason: string, flag: ResponseFlagName | null): void;
  /** The filter that has stopped it lets it go on. */
  continueReading(): void;
  /** Asks a rate-limit service; null: there is no such cluster. */
  callService(call: ConnectionCall, receiver: ConnectionCallReceiver): { cancel(): void } | null;
}

/** What a filter asks a rate-limit service, and how. */
export interface ConnectionCall {
  readonly cluster: string;
  /** Empty: the name of the cluster. */
  readonly authority: string;
  /** 0: none. */
  readonly timeout: Nanoseconds;
  readonly request: RateLimitRequest;
}

export interface ConnectionCallReceiver {
  /** Null: there is no answer. */
  onAnswer(response: RateLimitResponse | null): void;
}

/** A network filter for one connection. */
export interface ConnectionFilter {
  /** `stop`: nothing behind it hears of the connection until the filter lets it go on. */
  onNewConnection(): "continue" | "stop";
  /** The connection has ended. */
  onClosed(): void;
}

export type MakeConnectionFilter = (connection: FilteredConnection) => ConnectionFilter;

/** What a filter has of the process that it runs in. */
export interface FilterProcess {
  readonly simulator: Simulator;
  readonly stats: Stats;
  /** Of one process: what filters with the same key share. */
  readonly shared: Map<string, unknown>;
}

/** A filter as configured: makes what all its connections in one process share. */
export type NetworkFilterConfig = (process: FilterProcess) => MakeConnectionFilter;

export interface NetworkFilterKind {
  /** Name of its configuration message. */
  readonly type: string;
  /** Undefined: it is switched off. */
  read(config: Message, runtime: Runtime): NetworkFilterConfig | undefined;
}
