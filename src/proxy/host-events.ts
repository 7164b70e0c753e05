import type { Host } from "./cluster/host.ts";
import {
  fieldsOf,
  type HealthCheckEvent,
  type HealthCheckerType,
} from "./health-checking/health-check-event.ts";
import type { OutlierEvent } from "./outlier-detection/outlier-event.ts";
import type { ProxyDeps } from "./proxy-deps.ts";

/** Reports what one process finds out about hosts. */
export class HostEvents {
  private readonly deps: ProxyDeps;

  constructor(deps: ProxyDeps) {
    this.deps = deps;
  }

  healthChanged(host: Host): void {
    const { recorder, simulator, station, stationNumberOf } = this.deps;
    recorder.healthChanged(simulator.now, station.number, stationNumberOf(host), host.healthFlags);
  }

  checked(cluster: string, checker: HealthCheckerType, host: Host, event: HealthCheckEvent): void {
    const { recorder, tally, station, replica, simulator } = this.deps;
    const { kind } = event;
    const of = { at: simulator.now, proxy: station.of, replica, cluster, host: host.address };
    recorder.healthEvent(tally, { ...of, checker, kind, fields: fieldsOf(event) });
  }

  detected(cluster: string, host: Host, event: OutlierEvent): void {
    const { recorder, tally, station, replica } = this.deps;
    const { at, action, type, numEjections, enforced, secsSinceLastAction, rates, change } = event;
    const record = {
      at,
      proxy: station.of,
      replica,
      cluster,
      host: host.address,
      action,
      type,
      numEjections,
      enforced,
      ...(secsSinceLastAction !== undefined && { secsSinceLastAction }),
      ...(rates !== undefined && { rates }),
    };
    recorder.ejection(tally, station.number, this.deps.stationNumberOf(host), record, change);
  }
}
