import { MILLISECOND, type Nanoseconds, SECOND } from "../../src/kernel/time.ts";
import type { Window } from "../../src/scenario/expectation.ts";
import type { ClientResult, RunResult } from "../../src/simulation/result.ts";
import type { AccessLogRecord } from "../../src/telemetry/access-log.ts";

/** Figures by the keys of live worlds; what is absent is 0. */
export type Figures = ReadonlyMap<string, number>;

/** What a run gives beside its result: lines of the access logs of all proxies. */
export interface LiveRun {
  readonly result: RunResult;
  readonly log: readonly AccessLogRecord[];
}

const WINDOW = /\[([\d.]+)s\.\.([\d.]+)s\]$/;
const LAST_FAILURE = /\.last_failure_s\[fault at ([\d.]+)s\]$/;
/** The way back of an answer over the only link that these worlds have. */
const LINK_LATENCY = 0.1 * MILLISECOND;

/** The windows that keys name. */
export function windowsIn(keys: readonly string[]): readonly Window[] {
  const texts = new Set(keys.flatMap((key) => WINDOW.exec(key)?.[0] ?? []));
  return [...texts].map((text) => {
    const [, from, to] = WINDOW.exec(text)!;
    return { from: Number(from) * SECOND, to: Number(to) * SECOND };
  });
}

/** All figures of a run that bands may be about; `faulted`: addresses that a fault names. */
export function figuresOf(run: LiveRun, keys: readonly string[], faulted: ReadonlySet<string>): Figures {
  const { result } = run;
  const figures = new Map<string, number>();
  for (const client of result.clients) addClient(figures, client, "");
  for (const { from, to, clients } of result.windows) {
    for (const client of clients) addClient(figures, client, `[${from / SECOND}s..${to / SECOND}s]`);
  }
  addAllClients(figures, run);
  addServices(figures, result, faulted);
  for (const { name, stats } of result.proxies)
    for (const [stat, value] of stats) figures.set(`stat.${name}.${stat}`, value);
  addFlagsOfProxies(figures, run);
  addEjections(figures, result);
  for (const key of keys) {
    const fault = LAST_FAILURE.exec(key);
    if (fault !== null) figures.set(key, lastFailure(run, Number(fault[1]) * SECOND) / SECOND);
  }
  return figures;
}

function addClient(figures: Map<string, number>, client: ClientResult, window: string): void {
  const { name, requests, successRate, status, flags, latencyMs } = client;
  figures.set(`${name}.requests${window}`, requests);
  figures.set(`${name}.success_rate${window}`, successRate ?? 0);
  for (const [key, count] of status) figures.set(`${name}.status.${key}${window}`, count);
  for (const [flag, count] of flags) figures.set(`${name}.flags.${flag}${window}`, count);
  for (const [quantile, ms] of Object.entries(latencyMs ?? {}))
    figures.set(`${name}.latency_ms.${quantile}${window}`, ms);
}

/** Worlds with several clients count them together, under `all`. */
function addAllClients(figures: Map<string, number>, { result, log }: LiveRun): void {
  const add = (key: string, value: number) => figures.set(key, (figures.get(key) ?? 0) + value);
  for (const { requests, status } of result.clients) {
    add("all.requests", requests);
    for (const [key, count] of status) add(`all.status.${key}`, count);
  }
  const successes = result.clients.reduce((sum, client) => sum + client.successes, 0);
  figures.set("all.success_rate", successes / figures.get("all.requests")!);
  const latencies = log.map(
    ({ request, start, duration }) => start + duration + LINK_LATENCY - request!.wantedAt,
  );
  latencies.sort((a, b) => a - b);
  figures.set("all.latency_ms.p50", latencies[latencies.length >> 1]! / MILLISECOND);
}

function addServices(figures: Map<string, number>, result: RunResult, faulted: ReadonlySet<string>): void {
  let attempts = 0;
  for (const { name, requests, hosts } of result.services) {
    attempts += requests;
    figures.set(`service.${name}.requests`, requests);
    let ofFaulted = 0;
    for (const host of hosts) {
      figures.set(`share.${host.address}`, host.requests / requests);
      if (faulted.has(host.address)) ofFaulted += host.requests;
    }
    figures.set(`share_of_faulted.${name}`, ofFaulted / requests);
  }
  figures.set("attempts_per_request", attempts / figures.get("all.requests")!);
}

/** A line is of the proxy that has the cluster to which the request went. */
function addFlagsOfProxies(figures: Map<string, number>, { result, log }: LiveRun): void {
  const proxyOf = new Map<string, string>();
  for (const { name, stats } of result.proxies)
    for (const [stat] of stats) {
      const cluster = /^cluster\.(\w+)\./.exec(stat)?.[1];
      if (cluster !== undefined) proxyOf.set(cluster, name);
    }
  for (const { cluster, flags } of log) {
    for (const flag of flags) {
      const key = `${proxyOf.get(cluster ?? "")}.flags.${flag}`;
      figures.set(key, (figures.get(key) ?? 0) + 1);
    }
  }
}

/** How long the N-th ejection of each host lasted, of those that ended. */
function addEjections(figures: Map<string, number>, { ejections }: RunResult): void {
  const open = new Map<string, Nanoseconds>();
  const ordinals = new Map<string, number>();
  for (const { host, at, action, enforced } of ejections) {
    if (action === "EJECT") {
      if (enforced) open.set(host, at);
    } else if (open.has(host)) {
      const ordinal = (ordinals.get(host) ?? 0) + 1;
      ordinals.set(host, ordinal);
      figures.set(`ejected_s.${host}.${ordinal}`, (at - open.get(host)!) / SECOND);
      open.delete(host);
    }
  }
}

/** From the start of a fault to the last request wanted during it that failed; 0 where none did. */
function lastFailure({ result, log }: LiveRun, at: Nanoseconds): Nanoseconds {
  const to = result.faults.find(({ from }) => from === at)!.to;
  let last = at;
  for (const { request, status } of log) {
    const { wantedAt } = request!;
    const isDuring = wantedAt >= at && wantedAt < to;
    if (isDuring && (status < 200 || status >= 400)) last = Math.max(last, wantedAt);
  }
  return last - at;
}
