import type { Counter, Stats } from "../../telemetry/stats.ts";

/** Envoy's statistics `tcp.PREFIX.*`. */
export class TcpProxyStats {
  readonly downstreamCxTotal: Counter;
  readonly downstreamCxDrainClose: Counter;
  /** Its cluster does not exist. */
  readonly downstreamCxNoRoute: Counter;
  readonly idleTimeout: Counter;
  readonly maxDownstreamConnectionDuration: Counter;

  constructor(stats: Stats, statPrefix: string) {
    const counter = (name: string) => stats.counter(`tcp.${statPrefix}.${name}`);
    this.downstreamCxTotal = counter("downstream_cx_total");
    this.downstreamCxDrainClose = counter("downstream_cx_drain_close");
    this.downstreamCxNoRoute = counter("downstream_cx_no_route");
    this.idleTimeout = counter("idle_timeout");
    this.maxDownstreamConnectionDuration = counter("max_downstream_connection_duration");
  }
}
