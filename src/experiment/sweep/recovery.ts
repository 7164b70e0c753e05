import { type Nanoseconds, SECOND } from "../../kernel/time.ts";
import type { WorldPlan } from "../../simulation/plan.ts";
import type { ClientSeries, RunResult } from "../../simulation/result.ts";

/** When a world counts as recovered from a fault. */
export interface RecoveryRule {
  /** The client whose success is looked at; undefined: all together. */
  readonly client: string | undefined;
  /** The fault after which it recovers; undefined: all of them, from the first beginning to the last end. */
  readonly fault: string | undefined;
  /** What of the level before the fault is enough, 0 to 1. */
  readonly threshold: number;
  /** Least width of a window; it is rounded up to whole bins of the series. */
  readonly window: Nanoseconds;
}

export const defaultRule: RecoveryRule = {
  client: undefined,
  fault: undefined,
  threshold: 0.95,
  window: SECOND,
};

/** What became of one run. */
export interface Recovery {
  /** Share of successes before the fault, from the end of the warm-up. */
  readonly before: number;
  /**
   * From the first window to the first of those that are, to the last, at least as good as the threshold says.
   * Infinity: never.
   */
  readonly time: Nanoseconds;
}

/** A run that is good only in its last windows has not shown that it stays so. */
const STEADY_WINDOWS = 3;

/**
 * Time from the end of the fault until success is back at its level before the fault, for good. Windows follow one
 * another from the first bin that begins after the fault; a rest at the end is no window. A window in which nothing
 * was wanted is as the one before it, the first one bad. Undefined where nothing was wanted before the fault.
 */
export function findRecovery(result: RunResult, rule: RecoveryRule): Recovery | undefined {
  const { series, warmup } = result;
  const clients = series.clients.filter(({ name }) => rule.client === undefined || name === rule.client);
  const faults = result.faults.filter(({ name }) => rule.fault === undefined || name === rule.fault);
  const begin = Math.min(...faults.map(({ from }) => from));
  const end = Math.max(...faults.map(({ to }) => to));
  const bins = (time: Nanoseconds, round: (value: number) => number) => round(time / series.bin);
  const before = shareIn(clients, bins(warmup, Math.ceil), bins(begin, Math.floor));
  if (before === undefined) return undefined;
  const width = Math.max(1, bins(rule.window, Math.ceil));
  const first = bins(end, Math.ceil);
  const last = bins(result.duration, Math.floor);
  let recovered = -1;
  let isGood = false;
  let windows = 0;
  for (let bin = first; bin + width <= last; bin += width) {
    const share = shareIn(clients, bin, bin + width);
    const wasGood: boolean = isGood;
    isGood = share === undefined ? wasGood : share >= rule.threshold * before;
    if (isGood && !wasGood) recovered = bin;
    windows = isGood ? (wasGood ? windows + 1 : 1) : 0;
  }
  const time = windows >= STEADY_WINDOWS ? (recovered - first) * series.bin : Number.POSITIVE_INFINITY;
  return { before, time };
}

/** Successes of all requests wanted in bins [from, to); undefined where none was. */
function shareIn(clients: readonly ClientSeries[], from: number, to: number): number | undefined {
  let requests = 0;
  let successes = 0;
  for (const client of clients) {
    for (let bin = from; bin < to; bin++) {
      requests += client.requests[bin]!;
      successes += client.successes[bin]!;
    }
  }
  return requests === 0 ? undefined : successes / requests;
}

/** Why the rule cannot be applied to a world, and what to do about it; undefined if it can. */
export function ruleFlaw(
  { scenario: { clients, faults, warmup, duration } }: WorldPlan,
  { client, fault, window }: RecoveryRule,
): string | undefined {
  const list = (names: readonly string[]) =>
    names.length === 0 ? "it has none" : `it has ${names.join(", ")}`;
  const names = clients.map(({ name }) => name);
  if (names.length === 0) return "it has no clients, whose success could recover";
  if (client !== undefined && !names.includes(client)) return `it has no client "${client}"; ${list(names)}`;
  const chosen = faults.filter(({ name }) => fault === undefined || name === fault);
  if (chosen.length === 0) {
    return fault === undefined
      ? "it has no fault to recover from; add one under faults"
      : `it has no fault "${fault}"; ${list(faults.map(({ name }) => name))}`;
  }
  if (chosen.some(({ at }) => at < warmup + window)) {
    return `a fault begins before there is a level to come back to: let it begin ${window / SECOND} s or more after the warm-up`;
  }
  const end = Math.max(...chosen.map(({ at, for: length }) => at + length));
  if (end === Number.POSITIVE_INFINITY)
    return "a fault lasts to the end: give it an end with for, or name another with --fault";
  return end + (STEADY_WINDOWS + 1) * window > duration
    ? `after the end of the fault at ${end / SECOND} s there is no time for ${STEADY_WINDOWS} windows of ${window / SECOND} s: give a longer --duration`
    : undefined;
}
