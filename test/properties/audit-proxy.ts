import type { Nanoseconds } from "../../src/kernel/time.ts";
import type { Connection } from "../../src/network/connection.ts";
import type { Stream } from "../../src/network/stream.ts";
import type { Attempt } from "../../src/proxy/attempt.ts";
import { HealthFlag, type Host } from "../../src/proxy/cluster/host.ts";
import type { DownstreamConnection } from "../../src/proxy/downstream-connection.ts";
import type { HttpConnectionManager } from "../../src/proxy/http-connection-manager.ts";
import type { OpenConnection } from "../../src/proxy/listener.ts";
import type { OutlierDetector } from "../../src/proxy/outlier-detection/outlier-detector.ts";
import type { Proxy } from "../../src/proxy/proxy.ts";
import type { ProxyCluster } from "../../src/proxy/proxy-cluster.ts";
import type { RoutedRequest } from "../../src/proxy/router.ts";
import type { RoutingPriority } from "../../src/proxy/routing/route-match.ts";
import type { Gauge } from "../../src/telemetry/stats.ts";
import { auditHostLimits, auditHosts, auditPool, auditPriority, countPools, poolsOf } from "./audit-pools.ts";
import type { Findings } from "./findings.ts";
import { clustersOf, inside } from "./inside.ts";

/** Requests that a proxy process has taken and not finished, as the observer saw them come. */
export type LiveRequests = Set<RoutedRequest>;

export function managersOf(proxy: Proxy): HttpConnectionManager[] {
  return proxy.listeners.flatMap((listener) =>
    [...inside("listener", listener).chains.values()].flatMap(
      ({ servers }) => servers as readonly HttpConnectionManager[],
    ),
  );
}

/**
 * Everything that one process counts, held against what it has. All of its routes lead to its one cluster, also
 * copies of requests. Tells how many attempts are under way.
 */
export function auditProxy(
  findings: Findings,
  proxy: Proxy,
  live: LiveRequests,
  copies: LiveRequests,
  now: Nanoseconds,
): number {
  for (const requests of [live, copies])
    for (const routed of requests) if (routed.isFinished) requests.delete(routed);
  const attempts = auditRequests(findings, live, copies);
  for (const cluster of clustersOf(proxy)) {
    auditCluster(findings, proxy, cluster, live, attempts);
    auditHealth(findings, cluster, now);
  }
  auditListeners(findings, proxy, live, copies);
  return attempts.waiting + attempts.attached;
}

const priorities: readonly RoutingPriority[] = ["default", "high"];

/** Whether the sender of a request still waits, as far as its receiver can know. */
export function isAwaited(stream: Stream): boolean {
  const connection = stream.connection!;
  return !connection.isClosedByPeer && (!stream.ended || connection.givenUp.includes(stream));
}

interface AttemptCounts {
  waiting: number;
  attached: number;
}

/**
 * Each request has an attempt, waits for its next one, or has not been routed yet. Only with hedging it may have
 * several, or an attempt while the next one waits.
 */
function auditRequests(findings: Findings, live: LiveRequests, copies: LiveRequests): AttemptCounts {
  const counts = { waiting: 0, attached: 0 };
  for (const routed of live) {
    findings.expect(
      isAwaited(routed.downstream),
      "drained",
      () => "a proxy works on for a client that has gone",
    );
  }
  for (const routed of [...live, ...copies]) {
    const { route, backOffTimer } = inside("routed", routed);
    const attempts = attemptsOf(routed);
    const ways = attempts.length + (backOffTimer === 0 ? 0 : 1);
    findings.expect(
      route === null || ways > 0,
      "ends",
      () => "a request has neither an attempt nor a back-off",
    );
    findings.expect(
      ways <= 1 || route!.hedgesOnPerTryTimeout,
      "ends",
      () => `a request goes ${ways} ways without hedging`,
    );
    for (const attempt of attempts) {
      findings.expect(!attempt.ended, "ends", () => "a request keeps an attempt that has ended");
      if (attempt.pooled === null) counts.waiting++;
      else counts.attached++;
    }
  }
  return counts;
}

function attemptsOf(routed: RoutedRequest): Attempt[] {
  const attempts: Attempt[] = [];
  for (let attempt = inside("routed", routed).oldestAttempt; attempt !== null; attempt = attempt.next)
    attempts.push(attempt);
  return attempts;
}

function auditCluster(
  findings: Findings,
  proxy: Proxy,
  cluster: ProxyCluster,
  live: LiveRequests,
  attempts: AttemptCounts,
): void {
  const totals = { pending: 0, requests: 0, connections: 0 };
  for (const priority of priorities) {
    const pools = poolsOf(cluster, priority);
    const counts = countPools(pools);
    let heldRetries = 0;
    for (const routed of live) {
      const { route, retryState } = inside("routed", routed);
      if (route?.priority === priority && retryState?.holdsSlot) heldRetries++;
    }
    auditPriority(findings, cluster, priority, counts, heldRetries);
    auditOpenGauges(findings, proxy, cluster, priority);
    if (pools.length === 0) continue;
    auditHostLimits(findings, cluster, pools);
    for (const pool of pools) auditPool(findings, pool);
    totals.pending += counts.pending;
    totals.requests += counts.requests;
    totals.connections += counts.connections;
  }
  const allPools = priorities.flatMap((priority) => poolsOf(cluster, priority));
  auditHosts(findings, cluster, allPools);
  const { stats, name } = cluster;
  findings.equal("agreement", `${name}: pending requests, by attempts`, attempts.waiting, totals.pending);
  findings.equal("agreement", `${name}: active requests, by attempts`, attempts.attached, totals.requests);
  findings.equal(
    "agreement",
    "upstream_rq_pending_active",
    stats.upstreamRqPendingActive.value,
    totals.pending,
  );
  findings.equal("agreement", "upstream_rq_active", stats.upstreamRqActive.value, totals.requests);
  findings.equal("agreement", "upstream_cx_active", stats.upstreamCxActive.value, totals.connections);
}

/** A gauge says what its breaker says, except where a limit is 0: that one opens with its first use only. */
function auditOpenGauges(
  findings: Findings,
  proxy: Proxy,
  cluster: ProxyCluster,
  priority: RoutingPriority,
): void {
  const { connections, pendingRequests, requests, retries } = cluster.breakers[priority];
  const gauges = openGaugesOf(proxy, cluster, priority);
  [connections, pendingRequests, requests, retries].forEach(({ current, max }, index) => {
    if (max > 0)
      findings.equal("agreement", openGauges[index]!, gauges[index]!.value, current >= max ? 1 : 0);
  });
}

const openGauges = ["cx_open", "rq_pending_open", "rq_open", "rq_retry_open"];
const gaugesByCluster = new WeakMap<ProxyCluster, Record<RoutingPriority, Gauge[]>>();

function openGaugesOf(proxy: Proxy, cluster: ProxyCluster, priority: RoutingPriority): Gauge[] {
  let gauges = gaugesByCluster.get(cluster);
  if (gauges === undefined) {
    const { stats } = inside("proxy", proxy);
    const of = (which: RoutingPriority) =>
      openGauges.map((name) => stats.gauge(`cluster.${cluster.name}.circuit_breakers.${which}.${name}`));
    gaugesByCluster.set(cluster, (gauges = { default: of("default"), high: of("high") }));
  }
  return gauges[priority];
}

function auditHealth(findings: Findings, cluster: ProxyCluster, now: Nanoseconds): void {
  const { name, prioritySet, config } = cluster;
  const { detector, mergeWindows, membershipHealthy } = inside("cluster", cluster);
  const { hosts } = prioritySet;
  const ejected = hosts.filter((host) => (host.healthFlags & HealthFlag.failedOutlierCheck) !== 0).length;
  if (detector !== undefined) {
    auditReturns(findings, detector, hosts, now);
    findings.equal("agreement", `${name}: ejected hosts`, detector.active, ejected);
    const { maxEjectionPercent, alwaysEjectOneHost } = config.outlierDetection!;
    const isAllowed =
      ejected * 100 <= maxEjectionPercent * hosts.length || (alwaysEjectOneHost && ejected === 1);
    findings.expect(isAllowed, "limits", () => `${name}: ${ejected} of ${hosts.length} hosts are ejected`);
  }
  // Until every host has been checked once nobody hears of their health.
  if (!cluster.isInitialized) return;
  const healthyHosts = hosts.filter(({ coarseHealth }) => coarseHealth === "healthy").length;
  findings.equal("agreement", `${name}: membership_healthy`, membershipHealthy.value, healthyHosts);
  for (const { priority, healthy } of prioritySet.hostSets) {
    if (mergeWindows[priority]!.window.isPending) continue;
    const usable = hosts.filter(
      (host) => host.endpoint.priority === priority && host.coarseHealth === "healthy",
    );
    findings.equal(
      "agreement",
      `${name}: healthy hosts of priority ${priority}`,
      healthy.length,
      usable.length,
    );
  }
}

/** An ejected host comes back with the first sweep after its time. */
function auditReturns(
  findings: Findings,
  detector: OutlierDetector,
  hosts: readonly Host[],
  now: Nanoseconds,
): void {
  const { baseEjectionTime, maxEjectionTime, interval } = detector.options;
  for (const host of hosts) {
    const { isEjected, ejection, jitter } = detector.monitorOf(host)!;
    if (!isEjected) continue;
    const longest = Math.min(baseEjectionTime * ejection.multiplier, maxEjectionTime) + jitter + interval;
    findings.atMost("limits", `${host.address}: ejected for`, now - ejection.startedAt!, longest);
  }
}

/** Connections that were refused wait before the network filters for a while until they are closed. */
function auditAdmitted(
  findings: Findings,
  connections: ReadonlyMap<Connection, OpenConnection>,
  live: LiveRequests,
): void {
  let admitted = 0;
  let streams = 0;
  for (const [{ handler }, { served, gate }] of connections) {
    const { state, activeStreams } = inside("downstream", served as DownstreamConnection);
    if (state === "open" && handler !== gate) admitted++;
    streams += activeStreams;
  }
  findings.equal("agreement", "requests on downstream connections", streams, live.size);
  for (const { maxConnections, count, active } of limitsOf([...connections.values()])) {
    findings.atMost("limits", "admitted connections", admitted, maxConnections);
    findings.equal("agreement", "counted connections", count, connections.size);
    findings.equal("agreement", "connection limit's active_connections", active.value, connections.size);
  }
}

/** The worlds' only network filter in front of a connection manager is the connection limit. */
function limitsOf(connections: readonly OpenConnection[]) {
  const gates = connections.flatMap(({ gate }) => gate ?? []);
  const filters = gates.flatMap((gate) => inside("gate", gate).filters);
  return new Set(filters.map((filter) => inside("connectionLimitFilter", filter).limit));
}

function auditListeners(findings: Findings, proxy: Proxy, live: LiveRequests, copies: LiveRequests): void {
  for (const listener of proxy.listeners) {
    const { chains, connections, isDown } = inside("listener", listener);
    // The worlds' listeners have one filter chain.
    const [served] = chains.values();
    const { stats } = inside("manager", served!.servers[0] as HttpConnectionManager);
    findings.equal("agreement", "downstream_rq_active", stats.downstreamRqActive.value, live.size);
    findings.equal("agreement", "downstream_cx_active", stats.downstreamCxActive.value, connections.size);
    auditAdmitted(findings, connections, live);
    for (const { isClosedByPeer } of connections.keys()) {
      findings.expect(!isClosedByPeer, "drained", () => "a listener keeps a connection that it has closed");
    }
    if (!isDown) continue;
    findings.equal("drained", "requests in a proxy that is down", live.size + copies.size, 0);
    findings.equal("drained", "downstream connections of a proxy that is down", connections.size, 0);
    for (const cluster of clustersOf(proxy)) {
      const open = cluster.stats.upstreamCxActive.value;
      findings.equal("drained", "upstream connections of a proxy that is down", open, 0);
    }
  }
}
