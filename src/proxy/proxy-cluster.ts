import type { Handle, Simulator } from "../kernel/simulator.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import { TlsClient } from "../network/tls.ts";
import type { Random64 } from "../random/random64.ts";
import type { Counter, Gauge, Stats } from "../telemetry/stats.ts";
import { type ClusterCircuitBreakers, makeCircuitBreakers } from "./circuit-breaking/circuit-breakers.ts";
import { ClusterStats } from "./cluster/cluster-stats.ts";
import {
  type DnsLookupFamily,
  DnsLookups,
  isInFamily,
  nextLookup,
  type Resolution,
  resolutionOf,
} from "./cluster/dns-resolution.ts";
import { HealthFlag, type Host } from "./cluster/host.ts";
import { type MergeStats, MergeWindow } from "./cluster/merge-window.ts";
import { OriginCodes } from "./cluster/origin-codes.ts";
import { type Assignment, ClusterPrioritySet } from "./cluster/priority-set.ts";
import { type CheckedCluster, ClusterChecks } from "./cluster-checks.ts";
import type { ClusterConfig } from "./cluster-config.ts";
import type { HealthCheckOptions } from "./health-checking/health-check-options.ts";
import type { Detection } from "./outlier-detection/ejection-type.ts";
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
  /** Of the proxy; empty: none. */
  readonly zone: string;
  /** A line for the outlier event log. */
  onOutlierEvent(cluster: ProxyCluster, host: Host, event: OutlierEvent): void;
  /** Checks have changed a host's health. */
  onHealthChange(host: Host): void;
  /** Starts the health checks of this cluster. */
  makeChecks(cluster: ProxyCluster, options: HealthCheckOptions): ClusterChecks;
}

/**
 * A cluster as one proxy process has it: what Envoy shares between workers (members and their health, circuit
 * breakers, outlier detection, statistics).
 */
export class ProxyCluster implements CheckedCluster {
  readonly config: ClusterConfig;
  readonly stats: ClusterStats;
  readonly origins: OriginCodes;
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
  private readonly checks: ClusterChecks | undefined;
  /** Whether every host that is to be checked has been so once; until then nobody hears of health. */
  isInitialized: boolean;
  /** By priority, with the timer of each that keeps updates back. */
  private readonly mergeWindows: { readonly window: MergeWindow; timer: Handle }[];
  /** Null unless it looks up names. */
  private readonly lookups: DnsLookups | null;
  private readonly membershipChange: Counter;
  private readonly membershipTotal: Gauge;
  private readonly membershipHealthy: Gauge;
  private readonly membershipDegraded: Gauge;
  private readonly membershipExcluded: Gauge;

  constructor(config: ClusterConfig, assignment: Assignment, deps: ProxyClusterDeps) {
    const prefix = `cluster.${config.statName}.`;
    this.config = config;
    this.deps = deps;
    this.stats = new ClusterStats(deps.stats, prefix);
    this.origins = new OriginCodes(deps.stats, prefix, deps.zone);
    this.breakers = makeCircuitBreakers(config.circuitBreakers, deps.stats, prefix, deps.simulator);
    this.tls = config.tls === undefined ? null : new TlsClient(config.tls);
    const { dns, healthCheck } = config;
    const members = dns === null ? assignment : answersIn(assignment, dns.lookupFamily);
    this.prioritySet = new ClusterPrioritySet(members);
    this.isInitialized = healthCheck === undefined;
    if (healthCheck !== undefined) this.markUnchecked();
    this.dropOverload = assignment.dropOverload;
    this.mergeWindows = this.prioritySet.hostSets.map(() => {
      return { window: new MergeWindow(config.mergeWindow, deps.mergeStats), timer: 0 };
    });
    this.detector = this.makeDetector(prefix);
    this.checks = healthCheck && deps.makeChecks(this, healthCheck);
    this.membershipHealthy = deps.stats.gauge(`${prefix}membership_healthy`);
    this.membershipDegraded = deps.stats.gauge(`${prefix}membership_degraded`);
    this.membershipTotal = deps.stats.gauge(`${prefix}membership_total`);
    this.membershipChange = deps.stats.counter(`${prefix}membership_change`);
    this.membershipExcluded = deps.stats.gauge(`${prefix}membership_excluded`);
    this.membershipTotal.value = this.prioritySet.hosts.length;
    const resolution = dns === null ? null : resolutionOf(config.assignment.endpoints, members);
    this.lookups = resolution && new DnsLookups(resolution, deps.stats, prefix);
    this.membershipChange.value += this.firstChanges(resolution);
    const maxHostWeight = this.lastMaxWeight(resolution);
    if (maxHostWeight > 0) deps.stats.gauge(`${prefix}max_host_weight`).value = maxHostWeight;
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

  /** Begins the detector's sweeps and the health checks. */
  start(): void {
    if (this.detector !== undefined) this.scheduleSweep();
    if (this.lookups !== null) this.scheduleLookup();
    this.checks?.start(this.prioritySet.hosts);
  }

  lookUpAgain(): void {
    this.lookups!.repeat();
    this.scheduleLookup();
  }

  /** The process has died, or has come up again. */
  pauseChecks(): void {
    this.checks?.pause();
  }

  resumeChecks(): void {
    this.checks?.resume();
  }

  get hasTraffic(): boolean {
    return this.stats.upstreamCxTotal.value > 0;
  }

  hostChanged(host: Host): void {
    this.healthChanged();
    this.deps.onHealthChange(host);
  }

  hostPassed(host: Host): void {
    this.detector?.healthCheckPassed(host, this.deps.simulator.now);
  }

  initialized(): void {
    this.isInitialized = true;
    this.countHealth();
    this.prioritySet.hostSets.forEach((_, priority) => void this.updateWorkers(priority));
  }

  /** An answer to traffic says that its host is out. */
  failImmediately(host: Host): void {
    this.checks?.failImmediately(host);
  }

  sweep(): void {
    this.detector!.sweep(this.deps.simulator.now);
    this.scheduleSweep();
  }

  handleDetection(detection: PostedDetection): void {
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
          if (event.enforced) this.outlierStateChanged(host);
          deps.onOutlierEvent(this, host, event);
        },
        onUneject: (host, event) => {
          this.outlierStateChanged(host);
          deps.onOutlierEvent(this, host, event);
        },
        onDegrade: (host, event) => {
          deps.onOutlierEvent(this, host, event);
          this.outlierStateChanged(host);
        },
        onUndegrade: (host, event) => {
          this.outlierStateChanged(host);
          deps.onOutlierEvent(this, host, event);
        },
      },
    });
    for (const host of this.prioritySet.hosts) detector.addHost(host);
    return detector;
  }

  /** A host joins priority 0. */
  addHost(host: Host): void {
    if (this.checks !== undefined) ClusterChecks.markUnchecked([host], this.config.ignoresUncheckedHosts);
    this.detector?.addHost(host);
    for (const worker of this.workers) worker.addHost(host);
    this.checks?.addHosts([host]);
    this.setHosts([...this.prioritySet.hostSets[0]!.hosts, host]);
  }

  /** Hosts leave priority 0. */
  removeHosts(hosts: readonly Host[]): void {
    this.setHosts(this.prioritySet.hostSets[0]!.hosts.filter((host) => !hosts.includes(host)));
    for (const host of hosts) {
      this.detector?.removeHost(host);
      this.checks?.removeHost(host);
      for (const worker of this.workers) worker.removeHost(host);
    }
  }

  private setHosts(hosts: readonly Host[]): void {
    this.membershipChange.value++;
    this.membershipTotal.value = hosts.length;
    this.prioritySet.replace(0, hosts);
    this.countHealth();
    this.changed(0, false);
  }

  private outlierStateChanged(host: Host): void {
    this.healthChanged();
    if (host.healthFlags & HealthFlag.failedOutlierCheck) this.drainPools(host);
  }

  drainPools(host: Host): void {
    for (const worker of this.workers) worker.drainPools(host);
  }

  /** The first checks say who is a healthy member; only discovered hosts may be kept out of the count until then. */
  private markUnchecked(): void {
    const { prioritySet, config } = this;
    ClusterChecks.markUnchecked(prioritySet.hosts, config.ignoresUncheckedHosts);
    prioritySet.hostSets.forEach((_, priority) => void prioritySet.refresh(priority));
  }

  /** Envoy updates all priorities, whichever the host has. */
  private healthChanged(): void {
    if (!this.isInitialized) return;
    this.countHealth();
    this.prioritySet.hostSets.forEach((_, priority) => void this.changed(priority, true));
  }

  /** Hosts of a priority have changed; `mergeable`: none was added or removed. */
  private changed(priority: number, mergeable: boolean): void {
    const { simulator } = this.deps;
    const merging = this.mergeWindows[priority]!;
    const decision = merging.window.schedule(simulator.now, mergeable);
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
    this.membershipExcluded.value = this.countHosts((host) => host.isExcluded);
  }

  private countHosts(counts: (host: Host) => boolean): number {
    return this.prioritySet.hosts.filter(counts).length;
  }

  /** Envoy 1.40, ClusterImplBase: once for every priority whose hosts are set; strict DNS sets them name by name. */
  private firstChanges(resolution: Resolution | null): number {
    if (this.config.type === "STRICT_DNS") return resolution!.answered;
    return this.prioritySet.hostSets.filter(({ hosts }) => hosts.length > 0).length;
  }

  /**
   * What was last seen by Envoy 1.40, `BaseDynamicClusterImpl::updateDynamicHostList`: the hosts of the last name or
   * of the last priority. 0 where hosts are not compared with earlier ones.
   */
  private lastMaxWeight(resolution: Resolution | null): number {
    const { type } = this.config;
    if (type === "STRICT_DNS") return resolution!.names > 0 ? resolution!.lastWeight : 0;
    if (type !== "EDS") return 0;
    const last = this.prioritySet.hostSets.findLast(({ hosts }) => hosts.length > 0);
    return last === undefined ? 0 : last.hosts.reduce((most, { weight }) => Math.max(most, weight), 1);
  }

  private scheduleLookup(): void {
    // What names of the scenario stand for holds for ever, so no answer says how long.
    const delay = nextLookup(this.config.dns!, 0, this.deps.random);
    this.deps.simulator.after(delay, lookUpAgain, this);
  }

  private scheduleSweep(): void {
    const interval: Nanoseconds = this.config.outlierDetection!.interval;
    this.deps.simulator.after(interval, sweep, this);
  }
}

/** A threshold that a host has reached; Envoy's workers post it to the main thread. */
interface PostedDetection {
  readonly cluster: ProxyCluster;
  readonly monitor: HostMonitor;
  readonly type: Detection;
}

function detected(detection: PostedDetection): void {
  detection.cluster.handleDetection(detection);
}

function answersIn(assignment: Assignment, family: DnsLookupFamily): Assignment {
  return {
    ...assignment,
    endpoints: assignment.endpoints.filter(({ address }) => isInFamily(address, family)),
  };
}

function lookUpAgain(cluster: ProxyCluster): void {
  cluster.lookUpAgain();
}

function sweep(cluster: ProxyCluster): void {
  cluster.sweep();
}

function mergeWindowEnded({ cluster, priority }: { cluster: ProxyCluster; priority: number }): void {
  cluster.onMergeWindowEnd(priority);
}
