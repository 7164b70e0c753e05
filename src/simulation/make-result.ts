import { responseFlagNames } from "../http/response-flags.ts";
import { SECOND } from "../kernel/time.ts";
import type { Histogram } from "../statistics/histogram.ts";
import type { ClientFigures, ClientTally } from "../telemetry/client-tally.ts";
import type { Observation } from "../telemetry/observation.ts";
import { statusKey } from "../telemetry/outcome.ts";
import type { ProxyTally } from "../telemetry/proxy-tally.ts";
import type { RunningService } from "./build-services.ts";
import { changeMarks, faultMarks } from "./fault-marks.ts";
import type {
  ClientResult,
  ClientSeries,
  LatencyFigures,
  ProxyResult,
  RunResult,
  ServiceResult,
  WindowResult,
} from "./result.ts";
import type { World } from "./world.ts";

const MILLISECONDS = 1e-6;

/** Reads what a world has counted, after its run. */
export function makeResult(world: World, variant: string | null, seed: string): RunResult {
  const { plan, recorder, simulator, observation } = world.parts;
  const { scenario } = plan;
  const { bins } = observation;
  // Of a run that was broken off the bins behind its end are empty.
  const cut = (counts: Float64Array) => Array.from(counts.subarray(0, bins));
  return {
    scenario: scenario.name,
    variant,
    seed,
    digest: recorder.digest.finish(),
    duration: observation.duration,
    warmup: scenario.warmup,
    events: simulator.events,
    clients: world.clients.map(({ tally }) => clientResult(tally.name, tally.total, observation)),
    services: world.services
      .filter(({ spec }) => spec !== undefined)
      .map((service) => serviceResult(world, service)),
    proxies: world.proxies.map(({ tally }) => proxyResult(tally)),
    windows: windowResults(
      world.clients.map(({ tally }) => tally),
      observation,
    ),
    series: {
      bin: observation.bin,
      bins,
      clients: world.clients.map(({ tally }) => clientSeries(tally, cut, bins)),
      services: world.services
        .filter(({ spec }) => spec !== undefined)
        .map(({ name, instances }) => ({
          name,
          hosts: instances.map(({ station, tally }) => ({
            address: station.address,
            requests: cut(tally.arrivals),
          })),
        })),
      proxies: world.proxies.map(({ tally }) => ({
        name: tally.name,
        attempts: cut(tally.attempts),
        retries: cut(tally.retries),
        overflows: cut(tally.overflows),
        ejected: tally.ejected().slice(0, bins),
      })),
    },
    faults: faultMarks(scenario),
    changes: changeMarks(scenario),
    ejections: world.proxies.flatMap(({ tally }) => tally.ejections).sort((a, b) => a.at - b.at),
    healthEvents: world.proxies.flatMap(({ tally }) => tally.healthEvents).sort((a, b) => a.at - b.at),
  };
}

function clientResult(name: string, figures: ClientFigures, { duration }: Observation): ClientResult {
  const { span, requests, successes, attempts, statuses, flags } = figures;
  const seconds = (Math.min(span.to, duration) - span.from) / SECOND;
  return {
    name,
    requests,
    rps: seconds > 0 ? requests / seconds : 0,
    successes,
    successRate: requests === 0 ? null : successes / requests,
    latencyMs: latencyFigures(figures.latency),
    latencyOkMs: latencyFigures(figures.latencyOk),
    status: statusCounts(statuses),
    flags: flagCounts(flags),
    attempts,
  };
}

function latencyFigures(histogram: Histogram): LatencyFigures | null {
  if (histogram.count === 0) return null;
  const quantile = (q: number) => histogram.quantile(q) * MILLISECONDS;
  return {
    mean: histogram.mean * MILLISECONDS,
    p50: quantile(0.5),
    p90: quantile(0.9),
    p95: quantile(0.95),
    p99: quantile(0.99),
    p999: quantile(0.999),
    max: histogram.max * MILLISECONDS,
  };
}

/** Ascending by number, then `lost` and `timeout`. */
function statusCounts(counts: Float64Array): (readonly [string, number])[] {
  const entries = Array.from(counts, (count, status) => [statusKey(status), count] as const);
  return entries.filter(([, count]) => count > 0).sort(([a], [b]) => compareStatusKeys(a, b));
}

function compareStatusKeys(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
  return Number.isNaN(x) ? (a < b ? -1 : 1) : x - y;
}

function flagCounts(counts: Float64Array): (readonly [string, number])[] {
  const entries = responseFlagNames.map((name, index) => [name, counts[index]!] as const);
  return entries.filter(([, count]) => count > 0).sort(([a], [b]) => (a < b ? -1 : 1));
}

function serviceResult({ parts }: World, { name, spec, instances }: RunningService): ServiceResult {
  const window = parts.observation.duration - parts.observation.warmup;
  const workers = spec!.workers;
  const utilisation = (busyTime: number, hosts: number) =>
    workers === Number.POSITIVE_INFINITY ? null : busyTime / (workers * window * hosts);
  const total = (of: (tally: (typeof instances)[number]["tally"]) => number) =>
    instances.reduce((sum, { tally }) => sum + of(tally), 0);
  return {
    name,
    requests: total(({ requests }) => requests),
    utilisation: utilisation(
      total(({ busyTime }) => busyTime),
      instances.length,
    ),
    queueMean: total(({ waitingTime }) => waitingTime) / window,
    hosts: instances.map(({ station, tally }) => ({
      address: station.address,
      requests: tally.requests,
      utilisation: utilisation(tally.busyTime, 1),
    })),
  };
}

function proxyResult(tally: ProxyTally): ProxyResult {
  const sums = new Map<string, number>();
  for (const stats of tally.stats) {
    for (const [name, value] of stats.nonzero()) sums.set(name, (sums.get(name) ?? 0) + value);
  }
  return { name: tally.name, stats: [...sums].sort(([a], [b]) => (a < b ? -1 : 1)) };
}

function windowResults(tallies: readonly ClientTally[], observation: Observation): WindowResult[] {
  const spans = tallies[0]?.windows.map(({ span }) => span) ?? [];
  return spans.map(({ from, to }, index) => ({
    from,
    to,
    clients: tallies.map(({ name, windows }) => clientResult(name, windows[index]!, observation)),
  }));
}

function clientSeries(
  tally: ClientTally,
  cut: (counts: Float64Array) => number[],
  bins: number,
): ClientSeries {
  const quantiles = (q: number) =>
    tally.binLatency
      .slice(0, bins)
      .map((histogram) => (histogram === undefined ? null : histogram.quantile(q) * MILLISECONDS));
  return {
    name: tally.name,
    requests: cut(tally.binRequests),
    successes: cut(tally.binSuccesses),
    failures: [...tally.binFailures].map(([cause, counts]) => [cause, cut(counts)]),
    p50: quantiles(0.5),
    p90: quantiles(0.9),
    p99: quantiles(0.99),
  };
}
