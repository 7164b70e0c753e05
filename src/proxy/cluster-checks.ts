import { Request } from "../http/request.ts";
import type { Simulator } from "../kernel/simulator.ts";
import type { Connection, ConnectionOwner } from "../network/connection.ts";
import type { RandomStream } from "../random/random-stream.ts";
import type { Random64 } from "../random/random64.ts";
import type { Stats } from "../telemetry/stats.ts";
import { HealthFlag, type Host } from "./cluster/host.ts";
import type { CheckResult } from "./health-checking/check-interval.ts";
import type { HealthCheckEvent } from "./health-checking/health-check-event.ts";
import type { HealthCheckOptions } from "./health-checking/health-check-options.ts";
import { HealthChecker, uncheckedFlags } from "./health-checking/health-checker.ts";
import type { HealthTransition } from "./health-checking/host-health.ts";

/** A request that no client has sent has no number among theirs. */
const NOBODY = -1;

export interface ClusterChecksDeps {
  readonly simulator: Simulator;
  readonly stats: Stats;
  readonly statPrefix: string;
  /** Draws of the process's main thread. */
  readonly random: Random64;
  /** What befalls the checks on their way and at their hosts derives from these draws. */
  readonly luck: RandomStream;
  connect(owner: ConnectionOwner, host: Host, protocol: "http1" | "http2"): Connection;
  onEvent(host: Host, event: HealthCheckEvent): void;
}

/** What the checks do to their cluster. */
export interface CheckedCluster {
  readonly name: string;
  /** Whether it has ever opened a connection for traffic. */
  readonly hasTraffic: boolean;
  /** The health of a host is another one; nobody may have heard of it yet. */
  hostChanged(host: Host): void;
  /** A check has passed, and the host does not fail its checks. */
  hostPassed(host: Host): void;
  drainPools(host: Host): void;
  /** Every host has been checked once. */
  initialized(): void;
}

/**
 * How active health checks and the rest of a cluster act upon each other, in the order of Envoy's callbacks
 * (Envoy 1.40, source/common/upstream/{upstream,cluster_manager}_impl.cc).
 */
export class ClusterChecks {
  private readonly cluster: CheckedCluster;
  private readonly simulator: Simulator;
  private readonly checker: HealthChecker;
  /** Checks that must end before the cluster is initialized. */
  private awaited = 0;

  constructor(options: HealthCheckOptions, cluster: CheckedCluster, deps: ClusterChecksDeps) {
    const { simulator, luck } = deps;
    this.cluster = cluster;
    this.simulator = simulator;
    this.checker = new HealthChecker(options, {
      ...deps,
      clusterName: cluster.name,
      listener: {
        onChecked: (host, transition, result) => this.onChecked(host, transition, result),
        onEvent: (host, event) => deps.onEvent(host, event),
      },
      hasTraffic: () => cluster.hasTraffic,
      connect: (owner, host, protocol) => deps.connect(owner, host, protocol),
      newRequest: () => new Request(NOBODY, NOBODY, simulator.now, luck.uint32(), luck.uint32()),
    });
  }

  /** Hosts that have not been checked count as failed; to be called before anybody looks at their health. */
  static markUnchecked(hosts: readonly Host[], isAwaited: boolean): void {
    for (const host of hosts) if (HealthChecker.checks(host)) host.healthFlags |= uncheckedFlags(isAwaited);
  }

  /** The cluster starts. */
  start(hosts: readonly Host[]): void {
    this.awaited = hosts.filter(HealthChecker.checks).length;
    if (this.awaited === 0) this.cluster.initialized();
    else this.checker.addHosts(hosts);
  }

  /** Hosts have joined; they have been marked as unchecked. */
  addHosts(hosts: readonly Host[]): void {
    this.checker.addHosts(hosts);
  }

  removeHost(host: Host): void {
    this.checker.removeHost(host);
  }

  /** An answer to traffic carries `x-envoy-immediate-health-check-fail`. */
  failImmediately(host: Host): void {
    if (!this.checker.isChecked(host)) return;
    host.healthFlags |= HealthFlag.excludedViaImmediateHealthCheckFail;
    this.simulator.lane(0).after(failPassively, { checker: this.checker, host });
  }

  pause(): void {
    this.checker.pause();
  }

  resume(): void {
    this.checker.resume();
  }

  private onChecked(host: Host, transition: HealthTransition, result: CheckResult): void {
    const { cluster } = this;
    const fails = (host.healthFlags & HealthFlag.failedActiveHealthCheck) !== 0;
    if (transition === "Changed") cluster.hostChanged(host);
    if (result === "Healthy" && !fails) cluster.hostPassed(host);
    if (transition === "Changed" && fails) cluster.drainPools(host);
    // Envoy counts every check that ends, so the second one of a fast host stands for the first of a slow one.
    if (this.awaited > 0 && --this.awaited === 0) cluster.initialized();
  }
}

/** Envoy's workers post it to the main thread. */
function failPassively({ checker, host }: { readonly checker: HealthChecker; readonly host: Host }): void {
  checker.failPassively(host);
}
