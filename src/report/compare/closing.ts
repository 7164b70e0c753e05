import type {
  ComparedArm,
  ComparedMetric,
  Comparison,
  Difference,
} from "../../experiment/compare/comparison.ts";
import { formatDifference, formatRatio } from "./estimates.ts";

/** Of a metric these suffixes decide, in this order. */
const headlines = [".success_rate", ".p99", ".mean"];
const mostHeadlines = 2;

/**
 * One sentence for each variant but the first, such as "round-robin: web.success_rate 11.5 ± 0.2 points lower,
 * web.p99 3.9 ± 0.1 times higher than base; 1 of 6 expectations differs."
 */
export function closingSentences(comparison: Comparison): string[] {
  const [base, ...others] = comparison.arms;
  return others.map((arm) => `${arm.name}: ${sentence(arm, base!, comparison)}.`);
}

function sentence(arm: ComparedArm, base: ComparedArm, { metrics }: Comparison): string {
  if (arm.n === 0) return "no replication was made";
  if (arm.isSame) return `exactly what ${base.name} does`;
  const shown = headlineMetrics(metrics, arm.name);
  const said = shown.slice(0, mostHeadlines).map(({ metric, difference }) => clause(metric, difference));
  const rest = expectationClause(arm, base);
  if (said.length > 0) return `${said.join(", ")} than ${base.name}${rest}`;
  const verdicts = metrics.flatMap(({ differences }) =>
    differences.filter(({ of }) => of === arm.name).map(({ verdict }) => verdict),
  );
  return `${nothingShown(verdicts, base.name)}${rest}`;
}

function nothingShown(verdicts: readonly Difference["verdict"][], base: string): string {
  if (verdicts.includes("groups")) return "replications have two outcomes, see above";
  if (verdicts.length > 0 && verdicts.every((verdict) => verdict === "unknown"))
    return `too little data for a difference from ${base}`;
  return `no difference from ${base} shown`;
}

/** What differs: what decides most first, else whatever was asked for. */
function headlineMetrics(metrics: readonly ComparedMetric[], arm: string) {
  const rank = ({ text }: ComparedMetric) => {
    const found = headlines.findIndex((suffix) => text.endsWith(suffix));
    return found < 0 ? headlines.length : found;
  };
  return metrics
    .flatMap((metric, index) => {
      const difference = metric.differences.find(({ of }) => of === arm);
      return difference?.verdict === "shown" ? [{ metric, difference, index }] : [];
    })
    .sort((a, b) => rank(a.metric) - rank(b.metric) || a.index - b.index);
}

/** Times are told as a ratio, which needs no sense of their size; everything else as it is. */
function clause({ text, unit }: ComparedMetric, { interval, ratio }: Difference): string {
  const direction = interval.mean > 0 ? "higher" : "lower";
  if (ratio !== undefined && unit === "ms" && ratio.lo > 1.05)
    return `${text} ${formatRatio(ratio)} ${direction}`;
  const { mean, lo, hi, n } = interval;
  const size = mean < 0 ? { mean: -mean, lo: -hi, hi: -lo, n } : interval;
  return `${text} ${formatDifference(size, unit).replace(/^\+/, "")} ${direction}`;
}

/** Only where both are held against the same expectations. */
function expectationClause(arm: ComparedArm, base: ComparedArm): string {
  const pairs = arm.expectations.flatMap((own) => {
    const other = base.expectations.find(({ text }) => text === own.text);
    return other === undefined ? [] : [[own, other] as const];
  });
  if (pairs.length === 0) return "";
  const differing = pairs.filter(([own, other]) => own.held * other.n !== other.held * own.n).length;
  return `; ${differing} of ${pairs.length} expectations ${differing === 1 ? "differs" : "differ"}`;
}
