/** An ORCA load report of a host, as far as balancers look at it (xds.data.orca.v3.OrcaLoadReport). */
export interface LoadReport {
  readonly cpu_utilization?: number;
  readonly mem_utilization?: number;
  readonly application_utilization?: number;
  /** Requests a second. */
  readonly rps_fractional?: number;
  /** Errors a second. */
  readonly eps?: number;
  readonly utilization?: Readonly<Record<string, number>>;
  readonly request_cost?: Readonly<Record<string, number>>;
  readonly named_metrics?: Readonly<Record<string, number>>;
}
