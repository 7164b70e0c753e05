import type { Counter, Gauge, Stats } from "../telemetry/stats.ts";
import { DownstreamCodes } from "./downstream-codes.ts";

/** Envoy's statistics `http.STAT_PREFIX.*`, of the connection manager and of the router in it. */
export class HttpManagerStats {
  readonly downstreamCxTotal: Counter;
  readonly downstreamCxActive: Gauge;
  readonly downstreamRqTotal: Counter;
  readonly downstreamRqActive: Gauge;
  readonly downstreamRqRxReset: Counter;
  readonly rqTotal: Counter;
  readonly rqDirectResponse: Counter;
  readonly noRoute: Counter;
  readonly noCluster: Counter;
  /** Answers, by the class of their code. */
  readonly codes: DownstreamCodes;

  constructor(stats: Stats, statPrefix: string) {
    const prefix = `http.${statPrefix}.`;
    this.downstreamCxTotal = stats.counter(`${prefix}downstream_cx_total`);
    this.downstreamCxActive = stats.gauge(`${prefix}downstream_cx_active`);
    this.downstreamRqTotal = stats.counter(`${prefix}downstream_rq_total`);
    this.downstreamRqActive = stats.gauge(`${prefix}downstream_rq_active`);
    this.downstreamRqRxReset = stats.counter(`${prefix}downstream_rq_rx_reset`);
    this.rqTotal = stats.counter(`${prefix}rq_total`);
    this.rqDirectResponse = stats.counter(`${prefix}rq_direct_response`);
    this.noRoute = stats.counter(`${prefix}no_route`);
    this.noCluster = stats.counter(`${prefix}no_cluster`);
    this.codes = new DownstreamCodes(stats, prefix);
  }
}
