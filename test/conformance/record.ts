import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { logFiles, sharedBootstrap } from "./bootstrap.ts";
import { type ConformanceCase, isOfTcp, type Json } from "./case.ts";
import { type Response, sendRequests } from "./client/client.ts";
import { openConnections } from "./client/tcp-client.ts";
import { EnvoyProcess } from "./envoy/envoy-process.ts";
import type { Received } from "./upstream/behaviour.ts";
import { openUpstreams } from "./upstream/upstreams.ts";

/** Statistics are read at least this long after the last answer. */
const LEAST_SETTLE_MS = 30;
/** Envoy's timers start before time 0 by about what the recordings of the test suite had. */
const WARM_UP_MS = 55;
/** How long lines of a log may be on their way. */
const LOG_LIMIT_MS = 3000;
const LOG_POLL_MS = 15;
/** More than the time after which Envoy writes its logs. */
const LOG_LAG_MS = 60;
/** The rest of a timeout depends on real time for all attempts but the first. */
const FIRST_ATTEMPT_ONLY = "x-envoy-expected-rq-timeout-ms";

/** The recorded files of a case by name, in the form that the comparator reads. */
export type RecordedFiles = ReadonlyMap<string, string>;

type Row = Record<string, unknown>;

const DETAILS = [
  "secs_since_last_action",
  "eject_consecutive_event",
  "eject_success_rate_event",
  "eject_failure_percentage_event",
];

/** How cases that share an Envoy are recorded. */
export interface RecordOptions {
  readonly command: string;
  /** Emptied first. */
  readonly folder: string;
  /** How many cases send requests at the same time. */
  readonly atOnce: number;
}

/** Records what Envoy does with each of the cases, all served by one process. */
export async function record(
  cases: readonly ConformanceCase[],
  { command, folder, atOnce }: RecordOptions,
): Promise<Map<ConformanceCase, RecordedFiles>> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const upstreams = await openUpstreams(cases);
  try {
    const envoy = await EnvoyProcess.start(command, folder, sharedBootstrap(cases), cases[0]!.place.admin);
    try {
      await sleep(WARM_UP_MS);
      const start = Date.now();
      const recorded = new Map<ConformanceCase, RecordedFiles>();
      await inParallel(cases, atOnce, async (one) => {
        const received = upstreams.received.get(one)!;
        recorded.set(one, await recordOne(one, { envoy, folder, received, start }));
      });
      return recorded;
    } finally {
      await envoy.stop();
    }
  } finally {
    await upstreams.close();
  }
}

interface Surroundings {
  readonly envoy: EnvoyProcess;
  readonly folder: string;
  readonly received: readonly Received[];
  /** Time 0, in milliseconds of the machine's clock. */
  readonly start: number;
}

async function recordOne(one: ConformanceCase, surroundings: Surroundings): Promise<RecordedFiles> {
  if (isOfTcp(one)) return recordTcp(one, surroundings);
  const { envoy, folder, received, start } = surroundings;
  const { content } = one;
  const responses = await sendRequests(one);
  await sleep(Math.max(LEAST_SETTLE_MS, content.settleMs ?? 0));
  const stats = await envoy.stats(statsFilter(one));
  const files = logFiles(one.place.name);
  const log = await readAll(join(folder, files.access), content.requests.length);
  return new Map([
    [
      "expected.jsonl",
      lines(
        results(
          one,
          log,
          received.filter((each) => !isCopy(one, each)),
        ),
      ),
    ],
    ["stats.json", JSON.stringify(stats)],
    ["responses.jsonl", lines([...responses].sort(byNumber))],
    [
      "upstream.jsonl",
      lines(
        upstreamRows(
          one,
          received.filter((each) => !isCopy(one, each)),
        ),
      ),
    ],
    ["mirrors.jsonl", lines(mirrorRows(received.filter((each) => isCopy(one, each))))],
    ["ejections.jsonl", lines(ejectionRows(one, rowsOf(join(folder, "ejections.jsonl")), start))],
    ["health.jsonl", lines(healthRows(rowsOf(join(folder, files.health)), start))],
  ]);
}

/** Results and statistics of connections; what has no line in the log was never accepted by a TCP proxy. */
async function recordTcp(
  one: ConformanceCase,
  { envoy, folder, start }: Surroundings,
): Promise<RecordedFiles> {
  const connections = await openConnections(one);
  await sleep(Math.max(LEAST_SETTLE_MS, one.content.settleMs ?? 0));
  const stats = await envoy.stats(statsFilter(one));
  // The log may lag, and has no line for some.
  await sleep(LOG_LAG_MS);
  const log = new Map(rowsOf(join(folder, logFiles(one.place.name).access)).map((row) => [row.peer, row]));
  const results = connections.map(({ peer, ...connection }) => {
    const { peer: _, ...row } = log.get(peer) ?? {};
    return { flags: "-", ...row, ...connection, logged: log.has(peer) };
  });
  return new Map([
    ["expected.jsonl", lines(results)],
    ["stats.json", JSON.stringify(stats)],
    ["ejections.jsonl", lines(ejectionRows(one, rowsOf(join(folder, "ejections.jsonl")), start))],
  ]);
}

/** What belongs to a case begins with its name, or with the address of one of its listeners. */
function statsFilter({ place, content }: ConformanceCase): string {
  const clusters = content.clusters.map(({ name }) => name).join("|");
  const { address, port } = place.listener;
  const ports = (content.listeners?.map(portOf) ?? [port]).join("|");
  const own = `(\\w+\\.)?${place.name}(_\\w+)?\\.`;
  return `^(cluster\\.(${clusters})\\.|listener\\.${address}_(${ports})\\.|${own})`;
}

function portOf(listener: Json): number {
  return (listener.address as { socket_address: { port_value: number } }).socket_address.port_value;
}

/** The rows of the access log with the endpoints that received each request. */
function results({ content }: ConformanceCase, log: readonly Row[], received: readonly Received[]): Row[] {
  const byRequest = new Map(log.map((row) => [Number(row.n), row]));
  return content.requests.map(({ n }) => ({
    ...(byRequest.get(n) ?? {}),
    n,
    flags: byRequest.get(n)?.flags ?? "-",
    attempts: received.filter((one) => one.n === n).map(({ endpoint }) => endpoint),
  }));
}

function upstreamRows({ content }: ConformanceCase, received: readonly Received[]): Row[] {
  return content.requests.flatMap(({ n }) =>
    received
      .filter((one) => one.n === n)
      .map(({ endpoint, method, authority, path, headers }, index) => {
        const shown = (content.upstreamHeaders ?? []).filter(
          (name) => name in headers && (index === 0 || name !== FIRST_ATTEMPT_ONLY),
        );
        const named = Object.fromEntries(shown.map((name) => [name, headers[name]]));
        return { n, endpoint, method, authority, path, headers: named };
      }),
  );
}

function isCopy({ content }: ConformanceCase, { endpoint }: Received): boolean {
  return content.upstreams[endpoint]?.mirror === true;
}

/** Copies of requests, in the order of the requests. */
function mirrorRows(received: readonly Received[]): Row[] {
  return [...received]
    .sort((a, b) => a.n - b.n)
    .map(({ n, endpoint, method, authority, path }) => ({ n, endpoint, method, authority, path }));
}

/** Envoy's outlier events of the case's clusters. */
function ejectionRows({ content }: ConformanceCase, events: readonly Row[], start: number): Row[] {
  const clusters = content.clusters.map(({ name }) => name);
  return events
    .filter(({ cluster_name }) => clusters.includes(cluster_name))
    .map(({ timestamp, type, cluster_name, upstream_url, action, num_ejections, enforced, ...details }) => ({
      at_ms: Date.parse(String(timestamp)) - start,
      type,
      cluster: cluster_name,
      host: upstream_url,
      action,
      num_ejections: num_ejections ?? 0,
      enforced: enforced ?? false,
      ...detailsOf(details),
    }));
}

/** What an event says beyond the action itself. */
function detailsOf(details: Row): Row {
  const named = DETAILS.filter((name) => name in details);
  return Object.fromEntries(named.map((name) => [name, details[name]]));
}

/** Envoy's health-check events, in its own words but for the host's address and the time. */
function healthRows(events: readonly Row[], start: number): Row[] {
  return events.map(({ timestamp, host, locality: _, ...event }) => {
    const { address, port_value } = (host as { socket_address: { address: string; port_value: number } })
      .socket_address;
    return { ...event, host: `${address}:${port_value}`, at_ms: Date.parse(String(timestamp)) - start };
  });
}

/** The rows of a log as soon as there are `count`, or those that have come within the limit. */
async function readAll(path: string, count: number): Promise<Row[]> {
  const limit = Date.now() + LOG_LIMIT_MS;
  for (;;) {
    const rows = rowsOf(path);
    if (rows.length >= count || Date.now() > limit) return rows;
    await sleep(LOG_POLL_MS);
  }
}

/** The complete lines of a file, none where it does not exist. */
function rowsOf(path: string): Row[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

/** Does `act` for each, `atOnce` at a time. */
async function inParallel<T>(
  all: readonly T[],
  atOnce: number,
  act: (one: T) => Promise<void>,
): Promise<void> {
  const waiting = [...all];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await act(next);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

function byNumber(a: Response, b: Response): number {
  return a.n - b.n;
}

function lines(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}
