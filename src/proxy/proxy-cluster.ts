import type { Handle, Simulator } from "../kernel/simulator.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import { TlsClient } from "../network/tls.ts";
import type { Random64 } from "../random/random64.ts";
import type { Gauge, Stats } from "../telemetry/stats.ts";
import { type ClusterCircuitBreakers, makeCircuitBreakers } from "./circuit-breaking/circuit-breakers.ts";
import { ClusterStats } from "./cluster/cluster-stats.ts";
import type { Host } from "./cluster/host.ts";
import { type MergeStats, MergeWindow } from "./cluster/merge-window.ts";
import { type Assignment, ClusterPrioritySet } from "./cluster/priority-set.ts";
import type { ClusterConfig } from "./cluster-config.ts";
import type { EjectionType } from "./outlier-detection/ejection-type.ts";
import type { HostMonitor } from "./outlier-detection/host-monitor.ts";
import { OutlierDetector } from "./outlier-detection/outlier-detector.ts";
import type { OutlierEvent } from "./outlier-detection/outlier-event.ts";
import type { WorkerCluster } from "./worker-cluster.ts";

export interface ProxyClusterDeps {
  readonly simulator: Simulator;
  readonly stats: Stats;
  readonly mergeStats: MergeStats;
  /** Draws of the process's main thread. */
  readonly random: Random64;
  /** A line for the outlier event log. */
  onOutlierEvent(cluster: ProxyCluster, host: Host, event: OutlierEvent): void;
}

/**
 * A cluster as one proxy process has it: what Envoy shares between workers (members and their health, circuit
 * breakers, outlier detection, statistics).
 */
export class ProxyCluster {
  readonly config: ClusterConfig;
  readonly stats: ClusterStats;
  readonly breakers: ClusterCircuitBreakers;
  readonly prioritySet: ClusterPrioritySet;
  /** Its side of TLS to its hosts, which all workers share; null without TLS. */
  readonly tls: TlsClient | null;
  /** Share of requests to be dropped instead of sent, 0 to 1. */
  readonly dropOverload: number;
  /** In the order of the workers. */
  readonly workers: WorkerCluster[] = [];
  private readonly deps: ProxyClusterDeps;
  private readonly detector: OutlierDetector | undefined;
  /** By priority, with the timer of each that keeps updates back. */
  private readonly mergeWindows: { readonly window: MergeWindow; timer: Handle }[];
  private readonly membershipHealthy: Gauge;
  private readonly membershipDegraded: Gauge;

  constructor(config: ClusterConfig, assignment: Assignment, deps: ProxyClusterDeps) {
    const prefix = `cluster.${config.statName}.`;
    this.config = config;
    this.deps = deps;
    this.stats = new ClusterStats(deps.stats, prefix);
    this.breakers = makeCircuitBreakers(config.circuitBreakers, deps.stats, prefix);
    this.tls = config.tls === undefined ? null : new TlsClient(config.tls);
    this.prioritySet = new ClusterPrioritySet(assignment);
    this.dropOverload = assignment.dropOverload;
    this.mergeWindows = this.prioritySet.hostSets.map(() => {
      return { window: new MergeWindow(config.mergeWindow, deps.mergeStats), timer: 0 };
    });
    this.detector = this.makeDetector(prefix);
    this.membershipHealthy = deps.stats.gauge(`${prefix}membership_healthy`);
    this.membershipDegraded = deps.stats.gauge(`${prefix}membership_degraded`);
    deps.stats.gauge(`${prefix}membership_total`).value = this.prioritySet.hosts.length;
    deps.stats.gauge(`${prefix}membership_excluded`).value = this.countHosts((host) => host.isExcluded);
    // Envoy 1.40, ClusterImplBase: once for every priority whose hosts are set.
    const filled = this.prioritySet.hostSets.filter(({ hosts }) => hosts.length > 0);
    deps.stats.counter(`${prefix}membership_change`).value += filled.length;
    this.countHealth();
  }

  get name(): string {
    return this.config.name;
  }

  /** How many members it has, and how many of them are healthy or degraded. */
  get membership(): { readonly total: number; readonly available: number } {
    const available = this.membershipHealthy.value + this.membershipDegraded.value;
    return { total: this.prioritySet.hosts.length, available };
  }

  monitorOf(host: Host): HostMonitor | undefined {
    return this.detector?.monitorOf(host);
  }

  /** Whether this request is refused; draws unless it is certain (Envoy 1.40, ClusterInfoImpl::maintenanceMode). */
  isInMaintenance(random: Random64): boolean {
    const { maintenancePercent } = this.config;
    if (maintenancePercent === 0 || maintenancePercent === 100) return maintenancePercent === 100;
    random.draw("maintenance mode");
    return random.mod(100) < maintenancePercent;
  }

  /** Begins the detector's sweeps. */
  start(): void {
    if (this.detector !== undefined) this.scheduleSweep();
  }

  sweep(): void {
    this.detector!.sweep(this.deps.simulator.now);
    this.scheduleSweep();
  }

  handleDetection(detection: Detection): void {
    this.detector!.handle(detection.monitor, detection.type, this.deps.simulator.now);
  }

  /** A merge window has ended: the workers get the host set as it is now. */
  onMergeWindowEnd(priority: number): void {
    const merging = this.mergeWindows[priority]!;
    merging.timer = 0;
    merging.window.expire(this.deps.simulator.now);
    this.updateWorkers(priority);
  }

  private makeDetector(prefix: string): OutlierDetector | undefined {
    const { config, deps } = this;
    if (config.outlierDetection === undefined) return undefined;
    const detector = new OutlierDetector(config.outlierDetection, {
      stats: deps.stats,
      statPrefix: prefix,
      random: deps.random,
      listener: {
        onDetected: (monitor, type) =>
          deps.simulator.lane(0).after(detected, { cluster: this, monitor, type }),
        onEject: (host, event) => {
          if (event.enforced) this.hostEjected(host);
          deps.onOutlierEvent(this, host, event);
        },
        onUneject: (host, event) => {
          this.healthChanged(host);
          deps.onOutlierEvent(this, host, event);
        },
      },
    });
    for (const host of this.prioritySet.hosts) detector.addHost(host);
    return detector;
  }

  private hostEjected(host: Host): void {
    this.healthChanged(host);
    for (const worker of this.workers) worker.drainPools(host);
  }

  private healthChanged(host: Host): void {
    this.countHealth();
    const { simulator } = this.deps;
    const { priority } = host.endpoint;
    const merging = this.mergeWindows[priority]!;
    const decision = merging.window.schedule(simulator.now, true);
    if (decision === "apply") {
      simulator.cancel(merging.timer);
      this.updateWorkers(priority);
    } else if (decision === "arm") {
      merging.timer = simulator.after(this.config.mergeWindow, mergeWindowEnded, { cluster: this, priority });
    }
  }

  private updateWorkers(priority: number): void {
    this.prioritySet.refresh(priority);
    for (const { loadBalancer } of this.workers) loadBalancer.update(priority);
  }

  private countHealth(): void {
    this.membershipHealthy.value = this.countHosts((host) => host.coarseHealth === "healthy");
    this.membershipDegraded.value = this.countHosts((host) => host.coarseHealth === "degraded");
  }

  private countHosts(counts: (host: Host) => boolean): number {
    return this.prioritySet.hosts.filter(counts).length;
  }

  private scheduleSweep(): void {
    const interval: Nanoseconds = this.config.outlierDetection!.interval;
    this.deps.simulator.after(interval, sweep, this);
  }
}

/** A threshold that a host has reached; Envoy's workers post it to the main thread. */
interface Detection {
  readonly cluster: ProxyCluster;
  readonly monitor: HostMonitor;
  readonly type: EjectionType;
}

function detected(detection: Detection): void {
  detection.cluster.handleDetection(detection);
}

function sweep(cluster: ProxyCluster): void {
  cluster.sweep();
}

function mergeWindowEnded({ cluster, priority }: { cluster: ProxyCluster; priority: number }): void {
  cluster.onMergeWindowEnd(priority);
}
