import { type ConfidenceInterval, confidenceInterval } from "../../statistics/confidence-interval.ts";
import { findTwoGroups, type GroupedQuantity, type TwoGroups } from "../../statistics/two-groups.ts";
import type { MetricUnit } from "../metric.ts";
import type { Replicate, StudiedMetric, Study } from "../replicate/study.ts";

/** What many replications say about variants: plain data. The first arm is the one that others are compared with. */
export interface Comparison {
  readonly arms: readonly ComparedArm[];
  readonly metrics: readonly ComparedMetric[];
}

export interface ComparedArm {
  readonly name: string;
  /** Replications that were made. */
  readonly n: number;
  /** Handlers that ran in all of them. */
  readonly events: number;
  /** Whether every replication went exactly as that of the first arm; false for the first arm itself. */
  readonly isSame: boolean;
  readonly expectations: readonly HeldExpectation[];
}

/** In how many replications an expectation holds. */
export interface HeldExpectation {
  readonly text: string;
  readonly held: number;
  readonly n: number;
}

export interface ComparedMetric {
  readonly text: string;
  readonly unit: MetricUnit;
  /** In the order of the arms. */
  readonly arms: readonly ArmMetric[];
  /** Of every other arm from the first, in their order. */
  readonly differences: readonly Difference[];
}

export interface ArmMetric {
  readonly arm: string;
  readonly interval: ConfidenceInterval;
  /** Where replications had two outcomes: then the mean describes neither. */
  readonly groups: TwoGroups | undefined;
}

/** By replication, so under the same arrivals, work and faults. */
export interface Difference {
  readonly of: string;
  readonly from: string;
  /** Of the values of `of` less those of `from`. */
  readonly interval: ConfidenceInterval;
  /** Of the larger value over the smaller one of each replication; undefined where a value is not positive. */
  readonly ratio: ConfidenceInterval | undefined;
  /**
   * same: no replication differs; groups: one of the two has two outcomes; unknown: too few values; none: the
   * interval contains 0; shown: it does not.
   */
  readonly verdict: "same" | "groups" | "unknown" | "none" | "shown";
}

/** How to read a metric's values. */
export interface MetricMeaning {
  readonly unit: MetricUnit;
  readonly quantity: GroupedQuantity;
}

export interface ComparedSelection {
  readonly metrics: readonly StudiedMetric[];
  readonly meanings: readonly MetricMeaning[];
  /** Whether statistics that are 0 in all runs are left out. */
  readonly dropsZeroes: boolean;
}

/** Values by replication, by arm; undefined where a replication was not made, null without data. */
type Values = readonly (readonly (number | null | undefined)[])[];

/** Sums up replications in the order of arms and replications, whatever the order in which they came. */
export function compareReplicates(
  study: Study,
  replicates: readonly Replicate[],
  selection: ComparedSelection,
): Comparison {
  const byArm = study.arms.map((_, arm) => inOrder(replicates.filter((each) => each.arm === arm)));
  const metrics = selection.metrics.flatMap((metric, index) => {
    const values = study.arms.map(({ metrics: own }, arm) => {
      const at = own.findIndex(({ text }) => text === metric.text);
      return byArm[arm]!.map((replicate) => (at < 0 ? null : replicate?.values[at]));
    });
    const isDropped = selection.dropsZeroes && metric.metric.steps[0] === "stats" && isZero(values);
    return isDropped ? [] : [compareMetric(study, metric.text, selection.meanings[index]!, values)];
  });
  return { arms: study.arms.map(({ name }, arm) => armOf(name, byArm[arm]!, byArm[0]!)), metrics };
}

function inOrder(replicates: readonly Replicate[]): (Replicate | undefined)[] {
  const ordered: (Replicate | undefined)[] = [];
  for (const replicate of replicates) ordered[replicate.replication] = replicate;
  return Array.from(ordered);
}

function isZero(values: Values): boolean {
  return values.every((ofArm) =>
    ofArm.every((value) => value === undefined || value === null || value === 0),
  );
}

function armOf(
  name: string,
  own: readonly (Replicate | undefined)[],
  first: readonly (Replicate | undefined)[],
): ComparedArm {
  const made = own.filter((replicate) => replicate !== undefined);
  const isSame =
    own !== first &&
    made.length > 0 &&
    made.every(({ replication, digest }) => first[replication]?.digest === digest);
  const expectations = (made[0]?.verdicts ?? []).map(({ text }, index) => ({
    text,
    held: made.filter(({ verdicts }) => verdicts[index]!.pass).length,
    n: made.length,
  }));
  return {
    name,
    n: made.length,
    events: made.reduce((sum, { events }) => sum + events, 0),
    isSame,
    expectations,
  };
}

function compareMetric(
  { arms }: Study,
  text: string,
  { unit, quantity }: MetricMeaning,
  values: Values,
): ComparedMetric {
  const summaries = arms.map(({ name }, arm): ArmMetric => {
    const known = values[arm]!.filter((value) => typeof value === "number");
    return { arm: name, interval: confidenceInterval(known), groups: findTwoGroups(known, quantity) };
  });
  const differences = arms
    .slice(1)
    .map((_, index) => differenceOf(summaries[index + 1]!, summaries[0]!, values[index + 1]!, values[0]!));
  return { text, unit, arms: summaries, differences };
}

function differenceOf(of: ArmMetric, from: ArmMetric, own: Values[number], base: Values[number]): Difference {
  const pairs = own.flatMap((value, replication) => {
    const other = base[replication];
    return typeof value === "number" && typeof other === "number" ? [[value, other] as const] : [];
  });
  const interval = confidenceInterval(pairs.map(([value, other]) => value - other));
  return {
    of: of.arm,
    from: from.arm,
    interval,
    ratio: ratioOf(pairs, interval.mean > 0),
    verdict: verdictOf(pairs, interval, of.groups !== undefined || from.groups !== undefined),
  };
}

function ratioOf(
  pairs: readonly (readonly [number, number])[],
  isMore: boolean,
): ConfidenceInterval | undefined {
  if (!pairs.every(([value, other]) => value > 0 && other > 0)) return undefined;
  return confidenceInterval(pairs.map(([value, other]) => (isMore ? value / other : other / value)));
}

function verdictOf(
  pairs: readonly (readonly [number, number])[],
  { lo, hi, n }: ConfidenceInterval,
  hasGroups: boolean,
): Difference["verdict"] {
  if (n > 0 && pairs.every(([value, other]) => value === other)) return "same";
  if (hasGroups) return "groups";
  if (n < 2) return "unknown";
  return lo <= 0 && hi >= 0 ? "none" : "shown";
}
