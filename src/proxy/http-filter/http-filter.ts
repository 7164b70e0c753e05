import type { Message } from "../../decode/message.ts";
import type { RateLimitRequest, RateLimitResponse } from "../../http/rate-limit-call.ts";
import type { RequestHead } from "../../http/request-head.ts";
import type { ResponseFlagName } from "../../http/response-flags.ts";
import type { Simulator } from "../../kernel/simulator.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import type { ResponseHeaders } from "../../network/stream.ts";
import type { Random64 } from "../../random/random64.ts";
import type { Stats } from "../../telemetry/stats.ts";
import type { RouteRateLimits } from "../cluster/route-levels.ts";
import type { Runtime } from "../runtime/runtime.ts";

/** Whether the next filter may have it at once. */
export type FilterStatus = "continue" | "stop";

/** An answer on its way down. Filters may change its headers. */
export interface FilteredResponse {
  readonly status: number;
  readonly bodyBytes: number;
  headers: ResponseHeaders;
}

/** A request as filters see it (Envoy: StreamDecoderFilterCallbacks and StreamEncoderFilterCallbacks). */
export interface FilteredRequest {
  head: RequestHead;
  /** The cluster of its route; null: it has none. */
  readonly routedCluster: string | null;
  /** Of the client or the proxy before this one, without its port. */
  readonly remoteIp: string;
  /** What its route says of rate limits; null: it has no route to a cluster. */
  readonly rateLimits: RouteRateLimits | null;
  /** One and the same for all requests of a downstream connection. */
  readonly downstreamConnection: object;
  /** Whether somebody only asks if this proxy is well: such a request is left out of statistics. */
  isHealthCheck: boolean;
  setFlag(flag: ResponseFlagName): void;
  /** Answers in place of everything behind this filter. */
  replyLocally(
    status: number,
    body: string,
    details: string,
    headers?: ResponseHeaders,
    grpcStatus?: number,
  ): void;
  /**
   * Asks a rate-limit service; the answer may come before this returns. Null: there is no such cluster, and no
   * answer will come.
   */
  callService(call: RateLimitCall, receiver: RateLimitCallReceiver): PendingCall | null;
  /** What a `stop` of `decode` was waiting for has come. */
  continueDecoding(): void;
  /** What a `stop` of `encode` was waiting for has come. */
  continueEncoding(): void;
}

/** A call to a rate-limit service. */
export interface RateLimitCall {
  readonly cluster: string;
  /** Empty: the name of the cluster. */
  readonly authority: string;
  /** 0: none. */
  readonly timeout: Nanoseconds;
  readonly request: RateLimitRequest;
}

export interface RateLimitCallReceiver {
  /** Null: the call has failed. Called once, unless the call is cancelled. */
  onAnswer(response: RateLimitResponse | null): void;
}

export interface PendingCall {
  cancel(): void;
}

/** What one filter does with one request. All that come of one filter are of one class. */
export interface StreamFilter {
  /** The request has come. After `stop` follows `continueDecoding()` or `replyLocally()`. */
  decode?(): FilterStatus;
  /** An answer has come, a host's or the proxy's own. After `stop` follows `continueEncoding()`. */
  encode?(response: FilteredResponse): FilterStatus;
  /** The whole answer has gone down. */
  encodeComplete?(): void;
  /** The exchange is over, in whatever way. */
  onDestroy?(): void;
}

export interface FilteredClusterStats {
  /** Name in statistics. */
  readonly statName: string;
  /** Counts an answer of the proxy's own in place of the cluster's. */
  chargeInternal(status: number): void;
}

/** What a filter needs of its process. */
export interface FilterProcess {
  readonly simulator: Simulator;
  readonly stats: Stats;
  /** `http.STAT_PREFIX.` of the connection manager. */
  readonly statPrefix: string;
  /** The main thread's draws. */
  readonly random: Random64;
  /** Whatever has timers begins them when the process starts. */
  whenStarted(part: { start(): void }): void;
  /** How many members a cluster has, and how many of them are healthy or degraded; undefined: no such cluster. */
  membershipOf(cluster: string): { readonly total: number; readonly available: number } | undefined;
  /** The cluster of this name, as far as filters write into its statistics. */
  clusterStatsOf(cluster: string): FilteredClusterStats | undefined;
  /**
   * Why a dynamic forward proxy's cluster cannot send anything to an authority, as response code details; undefined: it can,
   * or there is no such cluster.
   */
  whyUnresolved(cluster: string, authority: string): string | undefined;
  /** `node.cluster` of the bootstrap. */
  readonly nodeCluster: string;
  /** Whether an operator makes this process fail health checks at present; null: nobody ever does. */
  readonly ownHealth: { readonly hasFailedHealthCheck: boolean } | null;
  /** Number of hosts of the local cluster: the proxies beside this one and itself; 0: not known. */
  localClusterSize(): number;
}

/** Takes part in a request, by what the request's route says of the filter; null: it lets the request pass. */
export type FilterOfWorker = (
  request: FilteredRequest,
  routeConfig: Message | undefined,
) => StreamFilter | null;

/** State of one worker is made here. */
export type FilterOfProcess = (random: Random64) => FilterOfWorker;

/** State that all workers of a process share is made here. */
export type ConfiguredFilter = (process: FilterProcess) => FilterOfProcess;

/** What reading a filter's configuration needs of other concerns. */
export interface FilterReading {
  readonly runtime: Runtime;
  /** Of all routes that lead to a cluster. */
  readonly rateLimits: readonly RouteRateLimits[];
  /** Compiles a list of `route.v3.HeaderMatcher`, all of which must fit. */
  compileHeaderMatchers(matchers: readonly Message[]): (head: RequestHead) => boolean;
  /** The same for `route.v3.QueryParameterMatcher`. */
  compileQueryMatchers(matchers: readonly Message[]): (head: RequestHead) => boolean;
}

/** A kind of HTTP filter: one folder, one line in the registry. */
export interface HttpFilterKind {
  /** Type of its configuration. */
  readonly type: string;
  /** Type of what routes say of it, where that is another. */
  readonly routeType?: string;
  /** `routeConfigs`: what virtual hosts, routes and weighted clusters say of it. */
  read(config: Message, routeConfigs: readonly Message[], reading: FilterReading): ConfiguredFilter;
}
