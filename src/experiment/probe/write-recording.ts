import { MILLISECOND } from "../../kernel/time.ts";
import type { HealthRecord } from "../../telemetry/proxy-tally.ts";
import type { ProbeCase } from "./probe-case.ts";
import type { ProbedRequest, ProbeRecording } from "./recording.ts";
import { tcpResultOf } from "./tcp-result.ts";

/** A file of a probe's results: its name and its text. */
export interface ProbeFile {
  readonly name: string;
  readonly text: string;
}

/** Every name that `recordingFiles` may give: what an earlier probe has left of them is not to stay. */
export const RECORDING_NAMES: readonly string[] = [
  "results.jsonl",
  "stats.json",
  "ejections.jsonl",
  "health.jsonl",
  "responses.jsonl",
  "upstream.jsonl",
  "mirrors.jsonl",
];

/** Envoy tells the hosts how long they have; of later attempts it is what is left, so recordings leave it out. */
const FIRST_ATTEMPT_ONLY = "x-envoy-expected-rq-timeout-ms";
const RESPONSE_HEADERS = ["content-type", "grpc-status", "location"];
const SHOWN_BODY = 200;

/** What a probe has recorded, in the form of the recordings of the real Envoy. */
export function recordingFiles(recording: ProbeRecording, probeCase: ProbeCase): ProbeFile[] {
  const { requests, stats, ejections, healthEvents } = recording;
  const wants = (name: string) => probeCase.alsoRecorded?.includes(name) ?? true;
  const files = [
    { name: "results.jsonl", text: lines(requests.map(resultOf)) },
    { name: "stats.json", text: `${JSON.stringify(Object.fromEntries(stats), null, 1)}\n` },
  ];
  if (ejections !== undefined) {
    files.push({ name: "ejections.jsonl", text: lines(ejections.map(ejectionOf)) });
  }
  if (healthEvents !== undefined) {
    files.push({ name: "health.jsonl", text: lines(healthEvents.map(healthOf)) });
  }
  if (wants("responses")) files.push({ name: "responses.jsonl", text: lines(requests.map(responseOf)) });
  if (wants("upstream")) {
    const attempts = requests.flatMap((probed) => upstreamOf(probed, probeCase.upstreamHeaders));
    files.push({ name: "upstream.jsonl", text: lines(attempts) });
  }
  if (wants("mirrors") && probeCase.upstreams.some(({ isMirror }) => isMirror)) {
    files.push({ name: "mirrors.jsonl", text: lines(requests.flatMap(mirrorsOf)) });
  }
  return files;
}

function resultOf(probed: ProbedRequest) {
  const { request, log, attempts, tcp } = probed;
  return {
    n: request.n,
    status: log?.status ?? 0,
    flags: log === null || log.flags.length === 0 ? "-" : log.flags.join(","),
    details: log?.details ?? null,
    route: log?.routeName || null,
    vhost: log?.virtualHost ?? null,
    cluster: log?.cluster ?? null,
    host: log?.upstreamHost ?? null,
    attempts: attempts.map(({ endpoint }) => endpoint),
    attempt_count: log?.attemptCount ?? 0,
    duration_ms: log === null ? null : Math.trunc(log.duration / MILLISECOND),
    ...(tcp !== null && tcpResultOf(probed, tcp)),
  };
}

/** A line of Envoy's outlier event log; what it says of the kind of detection stands at its end. */
function ejectionOf(record: Ejection) {
  const { at, type, cluster, host, action, numEjections, enforced, secsSinceLastAction } = record;
  const at_ms = Math.trunc(at / MILLISECOND);
  const line = {
    at_ms,
    type,
    cluster,
    host,
    action,
    num_ejections: numEjections,
    enforced,
    // JSON has 64-bit numbers as texts.
    ...(secsSinceLastAction !== undefined && { secs_since_last_action: String(secsSinceLastAction) }),
  };
  return action === "EJECT" ? { ...line, ...ejectionDetail(record) } : line;
}

function ejectionDetail({ rates }: Ejection) {
  if (rates === undefined) return { eject_consecutive_event: {} };
  const { host, clusterAverage, ejectionThreshold } = rates;
  const host_success_rate = host;
  if (clusterAverage === undefined) return { eject_failure_percentage_event: { host_success_rate } };
  return {
    eject_success_rate_event: {
      host_success_rate,
      cluster_average_success_rate: clusterAverage,
      cluster_success_rate_ejection_threshold: ejectionThreshold,
    },
  };
}
/** A line of Envoy's health check event log. */
function healthOf({ at, checker, cluster, host, kind, fields }: HealthRecord) {
  const at_ms = Math.trunc(at / MILLISECOND);
  return { health_checker_type: checker, cluster_name: cluster, [kind]: fields, host, at_ms };
}

type Ejection = NonNullable<ProbeRecording["ejections"]>[number];

function responseOf({ request: { n }, log }: ProbedRequest) {
  const headers: Record<string, string> = {};
  for (const name of RESPONSE_HEADERS) {
    const value = log?.responseHeaders.get(name);
    if (value !== undefined) headers[name] = value;
  }
  const body = log?.localReply ?? "x".repeat(Math.min(SHOWN_BODY, log?.bytesSent ?? 0));
  return { n, headers, body: body.slice(0, SHOWN_BODY) };
}

function upstreamOf({ request: { n }, attempts }: ProbedRequest, shown: readonly string[]) {
  return attempts.map(({ endpoint, head }, index) => {
    const headers: Record<string, string> = {};
    for (const name of shown) {
      const value = head.headers.get(name);
      if (value !== undefined && (index === 0 || name !== FIRST_ATTEMPT_ONLY))
        headers[name] = value.join(",");
    }
    return { n, endpoint, method: head.method, authority: head.authority, path: head.path, headers };
  });
}

function mirrorsOf({ request: { n }, mirrors }: ProbedRequest) {
  return mirrors.map(({ endpoint, head: { method, authority, path } }) => {
    return { n, endpoint, method, authority, path };
  });
}

function lines(values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join("");
}
