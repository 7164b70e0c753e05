import type { Protocol } from "../network/connection.ts";
import type { Counter, Gauge, Stats } from "../telemetry/stats.ts";
import { DownstreamCodes } from "./downstream-codes.ts";
import type { RedirectFailure } from "./internal-redirect.ts";

/** The part of a connection manager's statistics that Envoy keeps by protocol, such as `downstream_rq_http1_total`. */
class ProtocolStats {
  readonly cxTotal: Counter;
  readonly cxActive: Gauge;
  readonly rqTotal: Counter;

  constructor(stats: Stats, prefix: string, protocol: Protocol) {
    this.cxTotal = stats.counter(`${prefix}downstream_cx_${protocol}_total`);
    this.cxActive = stats.gauge(`${prefix}downstream_cx_${protocol}_active`);
    this.rqTotal = stats.counter(`${prefix}downstream_rq_${protocol}_total`);
  }
}

const PASSTHROUGH_REASONS: readonly RedirectFailure[] = [
  "bad_location",
  "unsafe_scheme",
  "too_many_redirects",
  "no_route",
  "predicate",
];

/** Envoy's statistics `http.STAT_PREFIX.*`, of the connection manager and of the router in it. */
export class HttpManagerStats {
  readonly downstreamCxTotal: Counter;
  readonly downstreamCxActive: Gauge;
  readonly downstreamCxDestroy: Counter;
  readonly downstreamCxDestroyLocal: Counter;
  readonly downstreamCxDestroyRemote: Counter;
  readonly downstreamCxDestroyActiveRq: Counter;
  readonly downstreamCxDestroyLocalActiveRq: Counter;
  readonly downstreamCxDestroyRemoteActiveRq: Counter;
  readonly downstreamCxIdleTimeout: Counter;
  readonly downstreamCxMaxDurationReached: Counter;
  readonly downstreamCxMaxRequestsReached: Counter;
  readonly downstreamCxDelayedCloseTimeout: Counter;
  readonly downstreamCxDrainClose: Counter;
  readonly downstreamCxHttp1SoftDrain: Gauge;
  readonly downstreamCxOverloadDisableKeepalive: Counter;
  readonly downstreamRqOverloadClose: Counter;
  readonly downstreamRqTotal: Counter;
  readonly downstreamRqActive: Gauge;
  readonly downstreamRqRxReset: Counter;
  readonly downstreamRqTxReset: Counter;
  readonly downstreamRqFailedPathNormalization: Counter;
  readonly downstreamRqRedirectedWithNormalizedPath: Counter;
  readonly downstreamRqResponseBeforeRqComplete: Counter;
  readonly downstreamRqIdleTimeout: Counter;
  readonly downstreamRqMaxDurationReached: Counter;
  readonly rqTotal: Counter;
  readonly rqDirectResponse: Counter;
  readonly noRoute: Counter;
  readonly noCluster: Counter;
  /** Requests that the proxy itself sends, such as mirrored ones; Envoy counts them in one place. */
  readonly asyncClientRqTotal: Counter;
  /** Redirects that a policy would have followed and that are passed on, by reason. */
  readonly passthroughInternalRedirect: ReadonlyMap<string, Counter>;
  readonly byProtocol: Readonly<Record<Protocol, ProtocolStats>>;
  /** Answers, by the class of their code. */
  readonly codes: DownstreamCodes;

  constructor(stats: Stats, statPrefix: string) {
    const prefix = `http.${statPrefix}.`;
    this.downstreamCxTotal = stats.counter(`${prefix}downstream_cx_total`);
    this.downstreamCxActive = stats.gauge(`${prefix}downstream_cx_active`);
    this.downstreamCxDestroy = stats.counter(`${prefix}downstream_cx_destroy`);
    this.downstreamCxDestroyLocal = stats.counter(`${prefix}downstream_cx_destroy_local`);
    this.downstreamCxDestroyRemote = stats.counter(`${prefix}downstream_cx_destroy_remote`);
    this.downstreamCxDestroyActiveRq = stats.counter(`${prefix}downstream_cx_destroy_active_rq`);
    this.downstreamCxDestroyLocalActiveRq = stats.counter(`${prefix}downstream_cx_destroy_local_active_rq`);
    this.downstreamCxDestroyRemoteActiveRq = stats.counter(`${prefix}downstream_cx_destroy_remote_active_rq`);
    this.downstreamCxIdleTimeout = stats.counter(`${prefix}downstream_cx_idle_timeout`);
    this.downstreamCxMaxDurationReached = stats.counter(`${prefix}downstream_cx_max_duration_reached`);
    this.downstreamCxMaxRequestsReached = stats.counter(`${prefix}downstream_cx_max_requests_reached`);
    this.downstreamCxDelayedCloseTimeout = stats.counter(`${prefix}downstream_cx_delayed_close_timeout`);
    this.downstreamCxDrainClose = stats.counter(`${prefix}downstream_cx_drain_close`);
    this.downstreamCxHttp1SoftDrain = stats.gauge(`${prefix}downstream_cx_http1_soft_drain`);
    this.downstreamCxOverloadDisableKeepalive = stats.counter(
      `${prefix}downstream_cx_overload_disable_keepalive`,
    );
    this.downstreamRqOverloadClose = stats.counter(`${prefix}downstream_rq_overload_close`);
    this.downstreamRqTotal = stats.counter(`${prefix}downstream_rq_total`);
    this.downstreamRqActive = stats.gauge(`${prefix}downstream_rq_active`);
    this.downstreamRqRxReset = stats.counter(`${prefix}downstream_rq_rx_reset`);
    this.downstreamRqResponseBeforeRqComplete = stats.counter(
      `${prefix}downstream_rq_response_before_rq_complete`,
    );
    this.downstreamRqFailedPathNormalization = stats.counter(
      `${prefix}downstream_rq_failed_path_normalization`,
    );
    this.downstreamRqRedirectedWithNormalizedPath = stats.counter(
      `${prefix}downstream_rq_redirected_with_normalized_path`,
    );
    this.downstreamRqTxReset = stats.counter(`${prefix}downstream_rq_tx_reset`);
    this.downstreamRqIdleTimeout = stats.counter(`${prefix}downstream_rq_idle_timeout`);
    this.downstreamRqMaxDurationReached = stats.counter(`${prefix}downstream_rq_max_duration_reached`);
    this.rqTotal = stats.counter(`${prefix}rq_total`);
    this.rqDirectResponse = stats.counter(`${prefix}rq_direct_response`);
    this.noRoute = stats.counter(`${prefix}no_route`);
    this.noCluster = stats.counter(`${prefix}no_cluster`);
    this.asyncClientRqTotal = stats.counter("http.async-client.rq_total");
    this.passthroughInternalRedirect = new Map(
      PASSTHROUGH_REASONS.map((reason) => [
        reason,
        stats.counter(`${prefix}passthrough_internal_redirect_${reason}`),
      ]),
    );
    const http1 = new ProtocolStats(stats, prefix, "http1");
    this.byProtocol = {
      http1,
      http2: new ProtocolStats(stats, prefix, "http2"),
      // Envoy takes for HTTP/1.1 what does not begin as HTTP/2 does.
      tcp: http1,
    };
    this.codes = new DownstreamCodes(stats, prefix);
  }

  connectionOpened(protocol: Protocol): void {
    const { cxTotal, cxActive } = this.byProtocol[protocol];
    this.downstreamCxTotal.value++;
    this.downstreamCxActive.value++;
    cxTotal.value++;
    cxActive.value++;
  }

  connectionClosed(protocol: Protocol, by: "local" | "remote", hadActiveRequests: boolean): void {
    this.downstreamCxActive.value--;
    this.byProtocol[protocol].cxActive.value--;
    this.downstreamCxDestroy.value++;
    (by === "local" ? this.downstreamCxDestroyLocal : this.downstreamCxDestroyRemote).value++;
    if (!hadActiveRequests) return;
    const { downstreamCxDestroyLocalActiveRq, downstreamCxDestroyRemoteActiveRq } = this;
    this.downstreamCxDestroyActiveRq.value++;
    (by === "local" ? downstreamCxDestroyLocalActiveRq : downstreamCxDestroyRemoteActiveRq).value++;
  }
}
