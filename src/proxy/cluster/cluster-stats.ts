import type { Counter, Gauge, Stats } from "../../telemetry/stats.ts";
import { CodeStats } from "./code-stats.ts";

/** Envoy's statistics `cluster.NAME.*` of connections and requests, as fields of the same names. */
export class ClusterStats {
  readonly upstreamCxTotal: Counter;
  readonly upstreamCxHttp1Total: Counter;
  readonly upstreamCxHttp2Total: Counter;
  readonly upstreamCxActive: Gauge;
  readonly upstreamCxConnectFail: Counter;
  readonly upstreamCxConnectTimeout: Counter;
  readonly upstreamCxConnectAttemptsExceeded: Counter;
  readonly upstreamCxIdleTimeout: Counter;
  readonly upstreamCxMaxDurationReached: Counter;
  readonly upstreamCxOverflow: Counter;
  readonly upstreamCxPoolOverflow: Counter;
  readonly upstreamCxMaxRequests: Counter;
  readonly upstreamCxCloseNotify: Counter;
  readonly upstreamCxNoneHealthy: Counter;
  readonly upstreamCxDestroy: Counter;
  readonly upstreamCxDestroyLocal: Counter;
  readonly upstreamCxDestroyRemote: Counter;
  readonly upstreamCxDestroyWithActiveRq: Counter;
  readonly upstreamCxDestroyLocalWithActiveRq: Counter;
  readonly upstreamCxDestroyRemoteWithActiveRq: Counter;
  readonly upstreamRqTotal: Counter;
  readonly upstreamRqActive: Gauge;
  readonly upstreamRqPendingTotal: Counter;
  readonly upstreamRqPendingActive: Gauge;
  readonly upstreamRqPendingOverflow: Counter;
  readonly upstreamRqActiveOverflow: Counter;
  readonly upstreamRqPendingFailureEject: Counter;
  readonly upstreamRqCancelled: Counter;
  readonly upstreamRqTimeout: Counter;
  readonly upstreamRqPerTryTimeout: Counter;
  readonly upstreamRqPerTryIdleTimeout: Counter;
  readonly upstreamRqMaxDurationReached: Counter;
  readonly upstreamRqTxReset: Counter;
  readonly upstreamRqRxReset: Counter;
  readonly upstreamCxProtocolError: Counter;
  readonly upstreamRqRetry: Counter;
  readonly upstreamRqRetrySuccess: Counter;
  readonly upstreamRqRetryOverflow: Counter;
  readonly upstreamRqRetryLimitExceeded: Counter;
  readonly upstreamRqRetryBackoffExponential: Counter;
  readonly upstreamRqRetryBackoffRatelimited: Counter;
  readonly upstreamRqMaintenanceMode: Counter;
  readonly upstreamInternalRedirectSucceededTotal: Counter;
  readonly upstreamInternalRedirectFailedTotal: Counter;
  /** Final answers to external requests, by code. */
  readonly codes: CodeStats;
  /** Final answers to internal requests, by code. */
  readonly internalCodes: CodeStats;
  /** Answers that were retried, by code. */
  readonly retriedCodes: CodeStats;

  /** `prefix` is such as `cluster.checkout.`. */
  constructor(stats: Stats, prefix: string) {
    const counter = (name: string) => stats.counter(prefix + name);
    const gauge = (name: string) => stats.gauge(prefix + name);
    this.upstreamCxTotal = counter("upstream_cx_total");
    this.upstreamCxHttp1Total = counter("upstream_cx_http1_total");
    this.upstreamCxHttp2Total = counter("upstream_cx_http2_total");
    this.upstreamCxActive = gauge("upstream_cx_active");
    this.upstreamCxConnectFail = counter("upstream_cx_connect_fail");
    this.upstreamCxConnectTimeout = counter("upstream_cx_connect_timeout");
    this.upstreamCxConnectAttemptsExceeded = counter("upstream_cx_connect_attempts_exceeded");
    this.upstreamCxIdleTimeout = counter("upstream_cx_idle_timeout");
    this.upstreamCxMaxDurationReached = counter("upstream_cx_max_duration_reached");
    this.upstreamCxOverflow = counter("upstream_cx_overflow");
    this.upstreamCxPoolOverflow = counter("upstream_cx_pool_overflow");
    this.upstreamCxMaxRequests = counter("upstream_cx_max_requests");
    this.upstreamCxCloseNotify = counter("upstream_cx_close_notify");
    this.upstreamCxNoneHealthy = counter("upstream_cx_none_healthy");
    this.upstreamCxDestroy = counter("upstream_cx_destroy");
    this.upstreamCxDestroyLocal = counter("upstream_cx_destroy_local");
    this.upstreamCxDestroyRemote = counter("upstream_cx_destroy_remote");
    this.upstreamCxDestroyWithActiveRq = counter("upstream_cx_destroy_with_active_rq");
    this.upstreamCxDestroyLocalWithActiveRq = counter("upstream_cx_destroy_local_with_active_rq");
    this.upstreamCxDestroyRemoteWithActiveRq = counter("upstream_cx_destroy_remote_with_active_rq");
    this.upstreamRqTotal = counter("upstream_rq_total");
    this.upstreamRqActive = gauge("upstream_rq_active");
    this.upstreamRqPendingTotal = counter("upstream_rq_pending_total");
    this.upstreamRqPendingActive = gauge("upstream_rq_pending_active");
    this.upstreamRqPendingOverflow = counter("upstream_rq_pending_overflow");
    this.upstreamRqActiveOverflow = counter("upstream_rq_active_overflow");
    this.upstreamRqPendingFailureEject = counter("upstream_rq_pending_failure_eject");
    this.upstreamRqCancelled = counter("upstream_rq_cancelled");
    this.upstreamRqTimeout = counter("upstream_rq_timeout");
    this.upstreamRqPerTryTimeout = counter("upstream_rq_per_try_timeout");
    this.upstreamRqPerTryIdleTimeout = counter("upstream_rq_per_try_idle_timeout");
    this.upstreamRqMaxDurationReached = counter("upstream_rq_max_duration_reached");
    this.upstreamRqTxReset = counter("upstream_rq_tx_reset");
    this.upstreamRqRxReset = counter("upstream_rq_rx_reset");
    this.upstreamCxProtocolError = counter("upstream_cx_protocol_error");
    this.upstreamRqRetry = counter("upstream_rq_retry");
    this.upstreamRqRetrySuccess = counter("upstream_rq_retry_success");
    this.upstreamRqRetryOverflow = counter("upstream_rq_retry_overflow");
    this.upstreamRqRetryLimitExceeded = counter("upstream_rq_retry_limit_exceeded");
    this.upstreamRqRetryBackoffExponential = counter("upstream_rq_retry_backoff_exponential");
    this.upstreamRqRetryBackoffRatelimited = counter("upstream_rq_retry_backoff_ratelimited");
    this.upstreamRqMaintenanceMode = counter("upstream_rq_maintenance_mode");
    this.upstreamInternalRedirectSucceededTotal = counter("upstream_internal_redirect_succeeded_total");
    this.upstreamInternalRedirectFailedTotal = counter("upstream_internal_redirect_failed_total");
    this.codes = new CodeStats(stats, [prefix, `${prefix}external.`]);
    this.internalCodes = new CodeStats(stats, [prefix, `${prefix}internal.`]);
    this.retriedCodes = new CodeStats(stats, [`${prefix}retry.`]);
  }
}
