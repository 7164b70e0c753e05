import type { Verdict } from "../experiment/judge.ts";
import type { ClientSeries, RunResult, Series } from "../simulation/result.ts";
import { formatMetric, formatShare, formatTime } from "./figures.ts";
import { causeMeaning } from "./flag-meanings.ts";

/**
 * Why an expectation failed, in one line: by how much, when it was worst, and what to look at. For a client's
 * latency or success the worst bin of its series is named; for anything else only the distance is known.
 */
export function explainFailure(verdict: Verdict, result: RunResult): string {
  if (verdict.reason !== undefined) return verdict.reason;
  const { metric } = verdict.expectation;
  const series = result.series.clients.find(({ name }) => name === metric.of);
  const worst = series && worstMoment(verdict, series, result);
  return [offBy(verdict), ...(worst ? [worst] : [])].join("; ");
}

function offBy({ expectation, actual, unit }: Verdict): string {
  const distance = Math.abs(actual! - expectation.limit);
  if (distance === 0) return "exactly at the limit";
  const text =
    unit === "share"
      ? `${formatShare(distance).replace("%", "")} percentage points`
      : formatMetric(distance, unit);
  return `off by ${text}`;
}

function worstMoment(verdict: Verdict, client: ClientSeries, result: RunResult): string | undefined {
  const step = verdict.expectation.metric.steps[0]!;
  const { series } = result;
  const bins = binsOf(verdict, result);
  const failed = (bin: number) => client.requests[bin]! - client.successes[bin]!;
  if (/^(ok_)?(p\d+|mean|max)$/.test(step)) {
    const bin = highestOf(bins, (index) => client.p99[index] ?? 0);
    if (bin === undefined) return undefined;
    return `worst ${when(bin, series, result)} (p99 ${formatMetric(client.p99[bin]!, "ms")})`;
  }
  if (!["success_rate", "flags", "status"].includes(step)) return undefined;
  const bin = highestOf(bins, (index) => failed(index) / Math.max(1, client.requests[index]!));
  if (bin === undefined) return undefined;
  const share = formatShare(failed(bin) / client.requests[bin]!);
  return `worst ${when(bin, series, result)} (${share} failed${mainCause(client, bin)})`;
}

/** The bins that the expectation is about: those of its window, else those after the warm-up. */
function binsOf(verdict: Verdict, { series, warmup, duration }: RunResult): number[] {
  const { from, to } = verdict.expectation.window ?? { from: warmup, to: duration };
  const first = Math.floor(from / series.bin);
  const end = Math.min(series.bins, Math.ceil(to / series.bin));
  return Array.from({ length: Math.max(0, end - first) }, (_, index) => first + index);
}

/** The bin with the highest value, the first of several; undefined where all are 0. */
function highestOf(bins: readonly number[], value: (bin: number) => number): number | undefined {
  let best: number | undefined;
  let top = 0;
  for (const bin of bins) if (value(bin) > top) [best, top] = [bin, value(bin)];
  return best;
}

/** The time of a bin, and which faults held then. */
function when(bin: number, series: Series, { faults }: RunResult): string {
  const from = bin * series.bin;
  const during = faults.filter((fault) => fault.from < from + series.bin && fault.to > from);
  const names = during.map(({ name }) => name).slice(0, 2);
  const text = `at ${formatTime(from).replace(" s", "")} to ${formatTime(from + series.bin)}`;
  return names.length === 0 ? text : `${text}, during ${names.join(" and ")}`;
}

function mainCause(client: ClientSeries, bin: number): string {
  const [cause, counts] = client.failures.reduce(
    (most, entry) => (entry[1][bin]! > most[1][bin]! ? entry : most),
    client.failures[0] ?? ["", []],
  );
  return (counts[bin] ?? 0) === 0 ? "" : `, most with ${cause}: ${causeMeaning(cause)}`;
}
