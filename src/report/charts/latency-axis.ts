import { draw } from "./bins.ts";

/** What took less is drawn as 0: it failed at once, such as on a connection that was refused where no link takes time. */
const LEAST_MS = 0.001;

/** A logarithmic axis of milliseconds, which ends at its first tick and its last. */
export interface LatencyAxis {
  readonly ticks: readonly number[];
  /** Whether the first tick stands for 0, of which there is no logarithm. */
  readonly hasZero: boolean;
}

/**
 * The axis on which these values fit. A value of 0 lies at its foot, one step below the least of the others, so that failing
 * at once is seen and takes no room from what took time.
 */
export function latencyAxis(values: readonly (number | null)[]): LatencyAxis {
  const known = values.filter((value) => value !== null);
  const timed = known.filter((value) => value >= LEAST_MS);
  const hasZero = timed.length < known.length;
  if (timed.length === 0) return { ticks: [1, 10, 100], hasZero };
  return { ticks: logTicks(Math.min(...timed), Math.max(...timed), hasZero ? 1 : 0), hasZero };
}

/** Where a value is drawn. */
export function onAxis(ms: number, { ticks, hasZero }: LatencyAxis): number {
  return hasZero ? Math.max(ticks[0]!, ms) : ms;
}

/** What a place on the axis means. */
export function fromAxis(ms: number, { ticks, hasZero }: LatencyAxis): number {
  return hasZero && ms <= ticks[0]! ? 0 : ms;
}

/** Vega's expression for the labels of the ticks, written by `format`. */
export function tickLabels({ ticks, hasZero }: LatencyAxis, format: string): { labelExpr?: string } {
  return hasZero ? { labelExpr: `datum.value <= ${ticks[0]!} ? '0' : format(datum.value, '${format}')` } : {};
}

/**
 * 1, 2, 5, 10, ... from the last one below the values (and so many more) to the first one above them; only powers of ten where
 * they span more than three decades.
 */
function logTicks(least: number, most: number, more: number): number[] {
  const within = most / least > 1000 ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  let below = 0;
  for (let decade = LEAST_MS / 10; ; decade = draw(decade * 10)) {
    for (const tick of within.map((factor) => draw(decade * factor))) {
      if (tick <= least) below = ticks.length;
      ticks.push(tick);
      if (tick > most) return ticks.slice(below - more);
    }
  }
}
