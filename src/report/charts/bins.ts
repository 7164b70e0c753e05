import { SECOND } from "../../kernel/time.ts";
import type { Series } from "../../simulation/result.ts";

/** Bins put together in equal groups, so that counts are large enough to look at. */
export interface Groups {
  /** Bins in a group; the last group may have fewer. */
  readonly size: number;
  readonly count: number;
  /** Start of each group in seconds. */
  readonly starts: readonly number[];
  /** Width of each group in seconds. */
  readonly widths: readonly number[];
  /** End of the last group in seconds. */
  readonly end: number;
}

/** As few bins a group as keep the number of groups to `most`. */
export function groupBins(series: Series, most: number): Groups {
  const size = Math.max(1, Math.ceil(series.bins / most));
  const count = Math.ceil(series.bins / size);
  const edge = (bin: number) => (Math.min(bin, series.bins) * series.bin) / SECOND;
  const indices = Array.from({ length: count }, (_, index) => index);
  return {
    size,
    count,
    starts: indices.map((index) => edge(index * size)),
    widths: indices.map((index) => edge((index + 1) * size) - edge(index * size)),
    end: edge(series.bins),
  };
}

/** Counts of each group a second, to four significant digits. */
export function groupRates(counts: readonly number[], groups: Groups): number[] {
  return groups.starts.map((_, index) => draw(sumOf(counts, index, groups) / groups.widths[index]!));
}

/** The highest value of each group; null where a group has none. */
export function groupHighest(values: readonly (number | null)[], groups: Groups): (number | null)[] {
  return knownOf(values, groups).map((known) => (known.length === 0 ? null : draw(known.at(-1)!)));
}

/** The middle value of each group (the lower of two); null where a group has none. */
export function groupMiddle(values: readonly (number | null)[], groups: Groups): (number | null)[] {
  return knownOf(values, groups).map((known) =>
    known.length === 0 ? null : draw(known[Math.trunc((known.length - 1) / 2)]!),
  );
}

/** Values of each group, ascending, without those that are unknown. */
function knownOf(values: readonly (number | null)[], groups: Groups): number[][] {
  return groups.starts.map((_, index) =>
    groupOf(values, index, groups)
      .filter((value) => value !== null)
      .sort((a, b) => a - b),
  );
}

function sumOf(counts: readonly number[], index: number, groups: Groups): number {
  return groupOf(counts, index, groups).reduce((sum, count) => sum + count, 0);
}

function groupOf<T>(values: readonly T[], index: number, { size }: Groups): readonly T[] {
  return values.slice(index * size, (index + 1) * size);
}

/** Rounds what is drawn, so that the last bit of a number never moves a line. */
export function draw(value: number): number {
  return Number(value.toPrecision(4));
}

/** Rows for a line of steps: one at the start of each group and one at the end of the last. */
export function steps(
  values: readonly (number | null)[],
  groups: Groups,
): { readonly t: number; readonly value: number | null }[] {
  const rows = values.map((value, index) => ({ t: draw6(groups.starts[index]!), value }));
  return values.length === 0 ? rows : [...rows, { t: draw6(groups.end), value: values.at(-1) ?? null }];
}

/** Instants need more digits than heights. */
function draw6(value: number): number {
  return Number(value.toPrecision(6));
}
