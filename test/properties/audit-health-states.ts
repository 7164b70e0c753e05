import { HealthFlag, type Host } from "../../src/proxy/cluster/host.ts";
import type { OutlierDetector } from "../../src/proxy/outlier-detection/outlier-detector.ts";
import type { ProxyCluster } from "../../src/proxy/proxy-cluster.ts";
import type { World } from "../../src/simulation/world.ts";
import type { Stats } from "../../src/telemetry/stats.ts";
import { clustersOf, inMs, inside } from "./inside.ts";

/** What does not hold now in the clusters of a world: ejections, and gauges of health beside the hosts' states. */
export function auditHealthStates({ proxies, parts }: World): string[] {
  const { now } = parts.simulator;
  const processes = proxies.flatMap(({ replicas }) => replicas);
  return processes.flatMap((proxy) => {
    const { stats } = inside("proxy", proxy);
    return clustersOf(proxy).flatMap((cluster) => auditCluster(cluster, stats, now));
  });
}

function auditCluster(cluster: ProxyCluster, stats: Stats, now: number): string[] {
  const { hosts } = cluster.prioritySet;
  const { detector } = inside("cluster", cluster);
  const found: string[] = [];
  const equal = (name: string, expected: number) => {
    const { value } = stats.gauge(`cluster.${cluster.name}.${name}`);
    if (value !== expected) found.push(`${inMs(now)}: ${name} is ${value}, of the hosts ${expected}`);
  };
  if (detector !== undefined) {
    found.push(...auditEjections(cluster, detector, now));
    equal("outlier_detection.ejections_active", detector.active);
  }
  equal("membership_total", hosts.length);
  if (cluster.config.healthCheck !== undefined) {
    const checked = hosts.filter(({ endpoint }) => endpoint.healthCheck?.isDisabled !== true);
    equal(
      "health_check.healthy",
      count(checked, (host) => !has(host, HealthFlag.failedActiveHealthCheck)),
    );
  }
  // Until every host has been checked once nobody hears of their health.
  if (!cluster.isInitialized) return found;
  equal(
    "membership_healthy",
    count(hosts, ({ coarseHealth }) => coarseHealth === "healthy"),
  );
  equal(
    "membership_degraded",
    count(hosts, ({ coarseHealth }) => coarseHealth === "degraded"),
  );
  equal(
    "membership_excluded",
    count(hosts, ({ isExcluded }) => isExcluded),
  );
  return found;
}

function auditEjections(
  { prioritySet, config }: ProxyCluster,
  detector: OutlierDetector,
  now: number,
): string[] {
  const { hosts } = prioritySet;
  const { active, options } = detector;
  const ejected = hosts.filter((host) => has(host, HealthFlag.failedOutlierCheck));
  const found: string[] = [];
  const isAllowed =
    active * 100 <= options.maxEjectionPercent * hosts.length || (options.alwaysEjectOneHost && active === 1);
  if (!isAllowed) found.push(`${inMs(now)}: ${active} of ${hosts.length} hosts are out`);
  // A sweep that ejects a host by both rates counts it twice for ever, as Envoy does.
  const { enforcing } = options;
  const mayCountTwice =
    (enforcing.SUCCESS_RATE > 0 && enforcing.FAILURE_PERCENTAGE > 0) ||
    (enforcing.SUCCESS_RATE_LOCAL_ORIGIN > 0 && enforcing.FAILURE_PERCENTAGE_LOCAL_ORIGIN > 0) ||
    config.outlierDetection!.splitExternalLocalOriginErrors;
  if (mayCountTwice ? active < ejected.length : active !== ejected.length)
    found.push(`${inMs(now)}: ${active} ejections in force, and ${ejected.length} hosts are out`);
  for (const host of hosts) {
    const { isEjected, ejection, jitter } = detector.monitorOf(host)!;
    if (isEjected !== has(host, HealthFlag.failedOutlierCheck))
      found.push(`${inMs(now)}: ${host.address} has another state than its monitor`);
    const { baseEjectionTime, maxEjectionTime, interval } = options;
    const longest = Math.min(baseEjectionTime * ejection.multiplier, maxEjectionTime) + jitter + interval;
    if (isEjected && now - ejection.startedAt! > longest)
      found.push(`${inMs(now)}: ${host.address} is out since ${inMs(ejection.startedAt!)}`);
  }
  return found;
}

function has({ healthFlags }: Host, flag: number): boolean {
  return (healthFlags & flag) !== 0;
}

function count(hosts: readonly Host[], counts: (host: Host) => boolean): number {
  return hosts.filter(counts).length;
}
