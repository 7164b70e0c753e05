import type { ClientResult, ClientSeries, FaultMark, RunResult } from "../../simulation/result.ts";
import { formatMs, formatShare, formatTime } from "../figures.ts";
import type { Style } from "../style.ts";
import type { Section } from "./section.ts";
import { sparkline } from "./sparkline.ts";
import { clip, clipMiddle } from "./text.ts";

const width = 64;

/** Latency and failures over time of the client that fared worst, with the faults below. */
export function timelineSection(result: RunResult, style: Style): Section {
  const client = worstClient(result);
  const series = result.series.clients.find(({ name }) => name === client?.name);
  return {
    rows: series === undefined || result.series.bins === 0 ? 0 : 1,
    lines: () => (series === undefined ? [] : timelineLines(series, result, style)),
  };
}

function timelineLines(series: ClientSeries, result: RunResult, style: Style): string[] {
  const failed = series.requests.map((requests, bin) =>
    requests === 0 ? null : (requests - series.successes[bin]!) / requests,
  );
  const label = (text: string) => style.dim(`  ${text.padEnd(7)}`);
  const name = result.clients.length > 1 ? ` of ${clipMiddle(series.name, 24)}` : "";
  const faults = faultLine(result.faults, result);
  const changes = faultLine(result.changes, result);
  return [
    style.dim(`  over ${formatTime(result.duration)}${name}`),
    `${label("p99")}${sparkline(series.p99, width)}  ${peak(series.p99, formatMs)}`,
    `${label("failed")}${sparkline(failed, width)}  ${peak(failed, formatShare)}`,
    ...(faults === "" ? [] : [`${label("faults")}${style.warn(faults)}`]),
    ...(changes === "" ? [] : [`${label("change")}${style.warn(changes)}`]),
  ];
}

function peak(values: readonly (number | null)[], format: (value: number) => string): string {
  const top = Math.max(0, ...values.map((value) => value ?? 0));
  return top === 0 ? "none" : `up to ${format(top)}`;
}

/** Lowest success rate, then highest p99, then the order of the scenario. */
function worstClient({ clients }: RunResult): ClientResult | undefined {
  const badness = ({ successRate, latencyMs }: ClientResult) => [1 - (successRate ?? 1), latencyMs?.p99 ?? 0];
  return [...clients].sort((a, b) => {
    const [failedA = 0, slowA = 0] = badness(a);
    const [failedB = 0, slowB = 0] = badness(b);
    return failedB - failedA || slowB - slowA;
  })[0];
}

/** Faults as stretches, changes as strokes under the bars; those that would overlap an earlier one are only counted. */
function faultLine(faults: readonly FaultMark[], { duration }: RunResult): string {
  const line = new Array<string>(width).fill(" ");
  let hidden = 0;
  for (const fault of faults) {
    const from = Math.min(width - 1, Math.trunc((fault.from / duration) * width));
    const to = Math.max(from + 1, Math.min(width, Math.ceil((fault.to / duration) * width)));
    const bar = stretch(fault.name, to - from);
    const named = bar.includes(fault.name) ? bar : `${bar} ${clip(fault.name, 16)}`;
    if (isFree(line, from, named.length)) line.splice(from, named.length, ...named);
    else if (isFree(line, from, bar.length)) line.splice(from, bar.length, ...bar);
    else hidden++;
  }
  const text = line.join("").trimEnd();
  return hidden === 0 ? text : `${text.padEnd(width)}  +${hidden} more`;
}

function isFree(line: readonly string[], from: number, length: number): boolean {
  return from + length <= width && line.slice(from, from + length).every((character) => character === " ");
}

/** `[- name ---]`, as much of it as there is room for. */
function stretch(name: string, length: number): string {
  if (length < 3) return "|".repeat(length);
  const label = name.length + 4 <= length ? ` ${name} ` : "";
  const dashes = length - 2 - label.length;
  const left = Math.min(1, dashes);
  return `[${"-".repeat(left)}${label}${"-".repeat(dashes - left)}]`;
}
