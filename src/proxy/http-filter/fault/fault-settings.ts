import type { Message } from "../../../decode/message.ts";
import { rememberLast } from "../../../http/remember-last.ts";
import { headerValues, type RequestHead } from "../../../http/request-head.ts";
import { MILLISECOND } from "../../../kernel/time.ts";
import type { Random64 } from "../../../random/random64.ts";
import { timerDuration } from "../../cluster/timer-duration.ts";
import { type Fraction, fractionOf, isInFraction, readFraction } from "../../runtime/fraction.ts";
import { runtimeInteger } from "../../runtime/runtime-number.ts";
import type { FilterReading } from "../http-filter.ts";
import { headerNumber } from "../shared/header-number.ts";

/** How often a fault happens; a request may lower the share, never raise it. */
interface FaultShare {
  readonly fraction: Fraction;
  /** Header that lowers it; empty: none does. */
  readonly header: string;
  /** What the runtime says in its place; undefined: nothing. */
  readonly inRuntime: Fraction | undefined;
}

/** What a head decides: whether there are faults for it, and how often each kind happens; undefined: it is not configured. */
interface FaultsOfHead {
  readonly fits: boolean;
  readonly delay: Fraction | undefined;
  readonly abort: Fraction | undefined;
  readonly limit: Fraction | undefined;
}

export interface AbortStatus {
  readonly status: number;
  readonly grpcStatus: number | undefined;
}

/** Runtime keys of old, which hold where the configuration names no others. */
const KEYS = {
  delayShare: "fault.http.delay.fixed_delay_percent",
  delay: "fault.http.delay.fixed_duration_ms",
  abortShare: "fault.http.abort.abort_percent",
  abortStatus: "fault.http.abort.http_status",
  abortGrpcStatus: "fault.http.abort.grpc_status",
  maxActive: "fault.http.max_active_faults",
  limitShare: "fault.http.rate_limit.response_percent",
};

/** `extensions.filters.http.fault.v3.HTTPFault` (Envoy 1.40, source/extensions/filters/http/fault/fault_filter.cc). */
export class FaultSettings {
  readonly countsDownstreamClusters: boolean;
  private readonly config: Message;
  private readonly reading: FilterReading;
  private readonly upstreamCluster: string;
  private readonly downstreamNodes: readonly string[];
  private readonly fitsHeaders: (head: RequestHead) => boolean;
  private readonly maxActiveFaults: number;
  private readonly delay: { readonly share: FaultShare; readonly fixedMs: number | undefined } | undefined;
  private readonly abort: Abort | undefined;
  private readonly limit: { readonly share: FaultShare; readonly fixedKbps: number | undefined } | undefined;
  private readonly faultsOf: (head: RequestHead) => FaultsOfHead;

  constructor(config: Message, reading: FilterReading) {
    this.config = config;
    this.reading = reading;
    this.countsDownstreamClusters = !config.boolean("disable_downstream_cluster_stats");
    this.upstreamCluster = config.string("upstream_cluster");
    this.downstreamNodes = config.strings("downstream_nodes");
    this.fitsHeaders = reading.compileHeaderMatchers(config.messages("headers"));
    this.maxActiveFaults = runtimeInteger(
      reading.runtime,
      this.key("max_active_faults_runtime", KEYS.maxActive),
      config.number("max_active_faults", Number.POSITIVE_INFINITY),
    );
    this.delay = this.readDelay(config.message("delay"));
    this.abort = this.readAbort(config.message("abort"));
    this.limit = this.readLimit(config.message("response_rate_limit"));
    this.faultsOf = rememberLast((head) => ({
      fits: this.fitsNode(head) && this.fitsHeaders(head),
      delay: this.delay && this.shareFor(head, this.delay.share, "delay.fixed_delay_percent"),
      abort: this.abort && this.shareFor(head, this.abort.share, "abort.abort_percent"),
      limit: this.limit && this.shareFor(head, this.limit.share, undefined),
    }));
  }

  get hasResponseLimit(): boolean {
    return this.limit !== undefined;
  }

  appliesTo(head: RequestHead, routedCluster: string | null): boolean {
    if (this.upstreamCluster !== "" && routedCluster !== this.upstreamCluster) return false;
    return this.faultsOf(head).fits;
  }

  /** Whether so many faults at the same time leave room for one more. */
  hasRoom(activeFaults: number): boolean {
    return activeFaults < this.maxActiveFaults;
  }

  /** Bytes a second that the answer may take; undefined: no limit. One draw where limits are configured. */
  drawLimit(head: RequestHead, random: Random64): number | undefined {
    const { limit } = this;
    if (limit === undefined || !draws(this.faultsOf(head).limit!, random)) return undefined;
    const kbps = limit.fixedKbps ?? headerNumber(head, "x-envoy-fault-throughput-response");
    return kbps === undefined || kbps === 0 ? undefined : kbps * 1024;
  }

  /** Milliseconds to wait; 0: none. One draw where delays are configured. */
  drawDelay(head: RequestHead, random: Random64): number {
    const { delay } = this;
    if (delay === undefined || !draws(this.faultsOf(head).delay!, random)) return 0;
    const configured = delay.fixedMs ?? headerNumber(head, "x-envoy-fault-delay-request");
    if (configured === undefined) return 0;
    const general = this.integer(this.key("delay_duration_runtime", KEYS.delay), configured);
    return this.forCaller(head, "delay.fixed_duration_ms", general);
  }

  /** The answer in place of the host's; undefined: none. One draw where aborts are configured. */
  drawAbort(head: RequestHead, random: Random64): AbortStatus | undefined {
    const { abort } = this;
    if (abort === undefined || !draws(this.faultsOf(head).abort!, random)) return undefined;
    const http = abort.isFromHeader ? abortStatusIn(head) : abort.httpStatus;
    if (http !== undefined) {
      const general = this.integer(this.key("abort_http_status_runtime", KEYS.abortStatus), http);
      return { status: this.forCaller(head, "abort.http_status", general, http), grpcStatus: undefined };
    }
    const grpc = abort.isFromHeader
      ? headerNumber(head, "x-envoy-fault-abort-grpc-request")
      : abort.grpcStatus;
    if (grpc === undefined) return undefined;
    const general = this.integer(this.key("abort_grpc_status_runtime", KEYS.abortGrpcStatus), grpc);
    return { status: 200, grpcStatus: this.forCaller(head, "abort.grpc_status", general, grpc) };
  }

  private fitsNode(head: RequestHead): boolean {
    if (this.downstreamNodes.length === 0) return true;
    const node = headerValues(head, "x-envoy-downstream-service-node")[0];
    return node !== undefined && this.downstreamNodes.includes(node);
  }

  /** `callerKey`: the end of the runtime key with the calling cluster's name in it, which then replaces the general one. */
  private shareFor(
    head: RequestHead,
    { fraction, header, inRuntime }: FaultShare,
    callerKey: string | undefined,
  ): Fraction {
    const caller = callerKey === undefined ? "" : downstreamCluster(head);
    const replaced =
      caller === "" ? inRuntime : fractionOf(this.reading.runtime.get(`fault.http.${caller}.${callerKey}`));
    if (replaced !== undefined) return replaced;
    const asked = header === "" ? undefined : headerNumber(head, header);
    return asked === undefined ? fraction : { ...fraction, numerator: Math.min(asked, fraction.numerator) };
  }

  /** The runtime's value for the calling cluster, if there is one. */
  private forCaller(head: RequestHead, key: string, general: number, otherwise = general): number {
    const caller = downstreamCluster(head);
    return caller === "" ? general : this.integer(`fault.http.${caller}.${key}`, otherwise);
  }

  private integer(key: string, otherwise: number): number {
    return runtimeInteger(this.reading.runtime, key, otherwise);
  }

  private key(field: string, otherwise: string): string {
    return this.config.string(field) || otherwise;
  }

  private readShare(message: Message, isByHeader: boolean, header: string, runtimeKey: string): FaultShare {
    return {
      fraction: readFraction(message.message("percentage")),
      header: isByHeader ? header : "",
      inRuntime: fractionOf(this.reading.runtime.get(runtimeKey)),
    };
  }

  private readDelay(delay: Message | undefined) {
    if (delay === undefined) return undefined;
    const key = this.key("delay_percent_runtime", KEYS.delayShare);
    const header = "x-envoy-fault-delay-request-percentage";
    const fixed = timerDuration(delay, "fixed_delay");
    const share = this.readShare(delay, delay.has("header_delay"), header, key);
    return { share, fixedMs: fixed === undefined ? undefined : fixed / MILLISECOND };
  }

  private readAbort(abort: Message | undefined): Abort | undefined {
    if (abort === undefined) return undefined;
    const isFromHeader = abort.has("header_abort");
    const key = this.key("abort_percent_runtime", KEYS.abortShare);
    return {
      share: this.readShare(abort, isFromHeader, "x-envoy-fault-abort-request-percentage", key),
      isFromHeader,
      httpStatus: abort.number("http_status"),
      grpcStatus: abort.number("grpc_status"),
    };
  }

  private readLimit(limit: Message | undefined) {
    if (limit === undefined) return undefined;
    const key = this.key("response_rate_limit_percent_runtime", KEYS.limitShare);
    const header = "x-envoy-fault-throughput-response-percentage";
    const share = this.readShare(limit, limit.has("header_limit"), header, key);
    return { share, fixedKbps: limit.message("fixed_limit")?.number("limit_kbps") };
  }
}

function draws(fraction: Fraction, random: Random64): boolean {
  random.draw("whether a fault is injected");
  return isInFraction(fraction, random);
}

interface Abort {
  readonly share: FaultShare;
  readonly isFromHeader: boolean;
  readonly httpStatus: number | undefined;
  readonly grpcStatus: number | undefined;
}

/** The cluster that the caller says it belongs to; empty: it says nothing. */
export function downstreamCluster(head: RequestHead): string {
  return headerValues(head, "x-envoy-downstream-service-cluster")[0] ?? "";
}

function abortStatusIn(head: RequestHead): number | undefined {
  const status = headerNumber(head, "x-envoy-fault-abort-request");
  return status !== undefined && status >= 200 && status < 600 ? status : undefined;
}
