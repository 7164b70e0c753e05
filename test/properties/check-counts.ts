import type { ClientResult, RunResult } from "../../src/simulation/result.ts";
import type { World } from "../../src/simulation/world.ts";
import { statusKey } from "../../src/telemetry/outcome.ts";
import type { Findings } from "./findings.ts";
import type { ClientCounts, Observer, ProxyCounts } from "./observer.ts";
import type { ProxyParameters, WorldParameters } from "./world-parameters.ts";
import { repliesOfFilters } from "./write-filter.ts";

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** Envoy's statistics by name; what is absent is zero. */
export class StatValues {
  readonly values: ReadonlyMap<string, number>;

  constructor(stats: readonly (readonly [string, number])[]) {
    this.values = new Map(stats);
  }

  of(name: string): number {
    return this.values.get(name) ?? 0;
  }

  /** The sum of those whose names match. */
  sum(pattern: RegExp): number {
    return sum([...this.values].map(([name, value]) => (pattern.test(name) ? value : 0)));
  }
}

export function checkClients(
  findings: Findings,
  { clients, durationMs }: WorldParameters,
  observer: Observer,
  result: RunResult,
): void {
  result.clients.forEach((client, index) => {
    const counts = observer.clients[index]!;
    const { arrivals } = clients[index]!;
    checkClient(findings, client, counts);
    const series = sum(result.series.clients[index]!.requests);
    findings.equal("ends", `${client.name}: requests in the series`, series, counts.wanted);
    if (arrivals.kind !== "constant") return;
    const planned = (arrivals.rate * durationMs) / 1000;
    const isPlanned = Math.abs(counts.wanted - planned) <= 1;
    findings.expect(isPlanned, "ends", () => `${client.name}: ${counts.wanted} requests, planned ${planned}`);
  });
  findings.equal("ends", "requests without an end", observer.unfinished, 0);
}

function checkClient(findings: Findings, client: ClientResult, counts: ClientCounts): void {
  const { name, requests, status, attempts } = client;
  findings.equal("ends", `${name}: requests`, requests, counts.wantedAfterWarmup);
  findings.equal("ends", `${name}: statuses`, sum(status.map(([, count]) => count)), requests);
  const byKey = new Map([...counts.statuses].map(([code, count]) => [statusKey(code), count]));
  for (const [key, count] of status)
    findings.equal("ends", `${name}: status ${key}`, count, byKey.get(key) ?? 0);
  findings.equal("ends", `${name}: users told of an end`, counts.usersFreed, counts.endedForUsers);
  findings.equal("agreement", `${name}: attempts`, attempts, counts.attempts);
}

export function checkProxies(
  findings: Findings,
  { proxies, service }: WorldParameters,
  observer: Observer,
  result: RunResult,
): void {
  result.proxies.forEach(({ name, stats }, index) => {
    const counts = observer.proxies[index]!;
    const prefix = index === proxies.length - 1 ? "cluster.store." : "cluster.next.";
    const equal = (what: string, actual: number, expected: number) =>
      findings.equal("agreement", `${name}: ${what}`, actual, expected);
    const values = new StatValues(stats);
    checkDownstream(equal, values, counts, observer, proxies[index]!);
    checkDownstreamConnections(equal, values);
    checkAttempts(equal, values, prefix, counts);
    checkCodes(equal, values, prefix, proxies[index]!, counts);
    checkConnections(equal, values, prefix);
    checkHealthChecks(findings, values, prefix, proxies[index]!, service.hosts.length);
  });
}

type Equal = (what: string, actual: number, expected: number) => void;

function checkDownstream(
  equal: Equal,
  stats: StatValues,
  counts: ProxyCounts,
  observer: Observer,
  { overhead, filters }: ProxyParameters,
): void {
  const http = (name: string) => stats.of(`http.ingress.${name}`);
  const { arrived, redirected } = counts;
  equal("downstream_rq_total", http("downstream_rq_total"), arrived + redirected);
  const ended = endedRequests(stats);
  equal("requests answered, abandoned or active", ended + http("downstream_rq_active"), counts.arrived);
  equal(
    "completed by class",
    stats.sum(/^http\.ingress\.downstream_rq_\dxx$/),
    http("downstream_rq_completed"),
  );
  const decided = http("rq_total") + stats.sum(repliesOfFilters);
  if (overhead === null && filters.length === 0) equal("rq_total", decided, arrived + redirected);
  const unrouted = http("no_route") + http("rq_direct_response") + http("rq_redirect") + http("no_cluster");
  const retries = stats.sum(/^cluster\.[a-z]+\.upstream_rq_retry$/);
  equal("attempts", counts.attemptsStarted, http("rq_total") - unrouted + retries + counts.copies);
  const isAtRest = observer.liveInProxies === 0;
  if (!isAtRest) return;
  equal("ended attempts", counts.attemptsEnded, counts.attemptsStarted);
  equal("ended copies", counts.copiesEnded, counts.copies);
}

/** The connection manager and the listener count the same connections, whole and in parts. */
function checkDownstreamConnections(equal: Equal, stats: StatValues): void {
  const active = stats.of("http.ingress.downstream_cx_active");
  equal("connections by protocol", stats.sum(/^http\.ingress\.downstream_cx_http\d_active$/), active);
  equal("connections by worker", stats.sum(/^listener\..*\.worker_\d+\.downstream_cx_active$/), active);
  for (const owner of [/^http\.ingress\./, /^listener\.(?!.*worker_).*/]) {
    const of = (name: string) => stats.sum(new RegExp(`${owner.source}downstream_cx_${name}$`));
    equal(`active connections, ${owner}`, of("active"), active);
    equal(`connections open and destroyed, ${owner}`, of("active") + of("destroy"), of("total"));
  }
}

/** Each attempt finds no host, or gets a connection, or leaves the pool without one for a counted reason. */
function checkAttempts(equal: Equal, stats: StatValues, prefix: string, counts: ProxyCounts): void {
  const of = (name: string) => stats.of(prefix + name);
  // Of HTTP/2 those count as ejected as well whose connection broke (Envoy 1.40, http/conn_pool_base.cc).
  const ejectedLater = of("upstream_cx_http2_total") > 0 ? counts.terminated : 0;
  const withoutConnection =
    of("upstream_cx_none_healthy") +
    of("upstream_rq_pending_overflow") +
    of("upstream_rq_active_overflow") +
    of("upstream_rq_pending_failure_eject") -
    ejectedLater +
    of("upstream_rq_cancelled") +
    of("upstream_rq_pending_active");
  equal("attempts by fate", of("upstream_rq_total") + withoutConnection, counts.attemptsStarted);
  equal("retries with back-off", of("upstream_rq_retry_backoff_exponential"), of("upstream_rq_retry"));
}

function checkCodes(
  equal: Equal,
  stats: StatValues,
  prefix: string,
  proxy: ProxyParameters,
  { copies }: ProxyCounts,
): void {
  const completed = stats.of(`${prefix}upstream_rq_completed`);
  for (const scope of ["", "external.", "internal.", "retry."].map((name) => prefix + name)) {
    const all = stats.of(`${scope}upstream_rq_completed`);
    const escaped = scope.replaceAll(".", "\\.");
    equal(`${scope} by class`, stats.sum(new RegExp(`^${escaped}upstream_rq_\\dxx$`)), all);
    equal(`${scope} by code`, stats.sum(new RegExp(`^${escaped}upstream_rq_\\d\\d\\d$`)), all);
  }
  const ofCopies = stats.of(`${prefix}internal.upstream_rq_completed`);
  equal("external codes", stats.of(`${prefix}external.upstream_rq_completed`), completed - ofCopies);
  // Those that go by a proxy that has just died are given up without an answer.
  equal("codes of copies", Math.max(ofCopies, copies), copies);
  const http = (name: string) => stats.of(`http.ingress.${name}`);
  const replied = stats.sum(repliesOfFilters);
  const routed =
    http("downstream_rq_completed") -
    http("no_route") -
    http("rq_direct_response") -
    http("rq_redirect") -
    replied;
  // A global timeout between two attempts charges no code, nor does the connection manager for its limits.
  const hasUncharged =
    (proxy.retry !== null && proxy.routeTimeoutMs > 0) ||
    proxy.idleTimeoutMs !== null ||
    proxy.maxDurationMs !== null;
  // The global timeout charges one for each attempt that goes on.
  if (proxy.retry?.hedges) return;
  const uncharged = hasUncharged ? Math.max(0, routed - completed + ofCopies) : 0;
  equal("answers with a code", completed - ofCopies + uncharged, routed);
}

/** Each check passes or fails once; those of hosts that are checked when statistics begin have no attempt in them. */
function checkHealthChecks(
  findings: Findings,
  stats: StatValues,
  prefix: string,
  { check, replicas }: ProxyParameters,
  hosts: number,
): void {
  // A TCP connection that breaks between two checks fails without an attempt.
  if (check?.kind !== "http") return;
  const of = (name: string) => stats.of(`${prefix}health_check.${name}`);
  const limit = of("attempt") + hosts * replicas;
  findings.atMost("agreement", `${prefix}: results of health checks`, of("success") + of("failure"), limit);
}

function checkConnections(equal: Equal, stats: StatValues, prefix: string): void {
  const of = (name: string) => stats.of(`${prefix}upstream_cx_${name}`);
  equal("connections by protocol", of("http1_total") + of("http2_total"), of("total"));
  equal("connections open and destroyed", of("active") + of("destroy"), of("total"));
  equal("destroyed by whom", of("destroy_local") + of("destroy_remote"), of("destroy"));
  const withRequests = of("destroy_local_with_active_rq") + of("destroy_remote_with_active_rq");
  equal("destroyed with requests", withRequests, of("destroy_with_active_rq"));
}

export function checkServices(findings: Findings, world: World, observer: Observer, result: RunResult): void {
  const { duration } = world.parts.observation;
  for (const [index, { name, instances }] of world.services.entries()) {
    const service = result.services[index];
    if (service === undefined) continue;
    const counted = instances.map((instance) => observer.arrivals.get(instance)!.counted);
    findings.equal("agreement", `${name}: requests`, service.requests, sum(counted));
    service.hosts.forEach(({ address, requests }, host) => {
      findings.equal("agreement", `${address}: requests`, requests, counted[host]!);
    });
    if (world.parts.simulator.now < duration) continue;
    const series = sum(result.series.services[index]!.hosts.flatMap(({ requests }) => requests));
    const all = sum(instances.map((instance) => observer.arrivals.get(instance)!.all));
    findings.atMost("agreement", `${name}: arrivals in the series`, series, all);
  }
}

/** A proxy writes one line for each request that it has answered or lost, or sent on by a redirect. */
export function checkLog(
  findings: Findings,
  { proxies: counts }: Observer,
  { proxies }: RunResult,
  logged: number,
): void {
  const ended = proxies.map(({ stats }) => endedRequests(new StatValues(stats)));
  const redirected = counts.map((each) => each.redirected);
  findings.equal("agreement", "access log lines", logged, sum(ended) + sum(redirected));
}

/** Envoy counts a reset also where an answer came before the request's end or was broken off. */
function endedRequests(stats: StatValues): number {
  const http = (name: string) => stats.of(`http.ingress.downstream_rq_${name}`);
  return http("completed") + http("rx_reset") - http("tx_reset") - http("response_before_rq_complete");
}
