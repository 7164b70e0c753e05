import type { LayerSpec } from "vega-lite/types_unstable/spec/index.js";
import type { ComparedMetric } from "../../../experiment/compare/comparison.ts";
import type { MetricUnit } from "../../../experiment/metric.ts";
import { draw } from "../../charts/bins.ts";
import type { Chart } from "../../charts/chart.ts";
import { plotWidth, theme } from "../../charts/theme.ts";
import type { ComparisonReport } from "../comparison-report.ts";

const maxMetrics = 8;
const rowHeight = 22;

const units: Readonly<Record<MetricUnit, string>> = {
  ms: "ms",
  share: "percentage points",
  "per-second": "per second",
  count: "",
  number: "",
};

/** For each metric the differences from the first variant: a dot, and a bar over the 95% interval. */
export function differencesChart({ scenario, comparison }: ComparisonReport): Chart | undefined {
  const drawable = comparison.metrics
    .filter((metric) => pointsOf(metric).length > 0 && !isSame(metric))
    .sort((a, b) => Number(showsDifference(b)) - Number(showsDifference(a)));
  if (drawable.length === 0) return undefined;
  const shown = drawable.slice(0, maxMetrics);
  const base = comparison.arms[0]!.name;
  const note = drawable.length > shown.length ? `; ${shown.length} of ${drawable.length} metrics` : "";
  return {
    name: "differences",
    title: `Differences from ${base}`,
    description: `For each metric the mean difference of each variant from ${base}, with its 95% interval.`,
    spec: {
      title: {
        text: `Differences from ${base}`,
        subtitle: `${scenario}: mean and 95% interval over replications, by replication${note}`,
        fontSize: 15,
      },
      config: theme,
      vconcat: shown.map(panel),
    },
    table: {
      titles: ["metric", "variant", "difference", "from", "to", "replications", "verdict"],
      rows: comparison.metrics.flatMap(({ text, differences }) =>
        differences.map(({ of, interval, verdict }) => [
          text,
          of,
          known(interval.mean),
          known(interval.lo),
          known(interval.hi),
          interval.n,
          verdict === "none" ? "no difference shown" : verdict,
        ]),
      ),
    },
  };
}

/** Whether it is the same in every variant, so that there is nothing to look at. */
function isSame({ differences }: ComparedMetric): boolean {
  return differences.every(({ verdict }) => verdict === "same");
}

/** Those come first. */
function showsDifference({ differences }: ComparedMetric): boolean {
  return differences.some(({ verdict }) => verdict === "shown");
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : draw(value);
}

function pointsOf({ differences, unit }: ComparedMetric) {
  const factor = unit === "share" ? 100 : 1;
  return differences
    .filter(({ interval, verdict }) => interval.n > 1 && verdict !== "groups")
    .map(({ of, interval: { mean, lo, hi } }) => ({
      of,
      mean: draw(mean * factor),
      lo: draw(lo * factor),
      hi: draw(hi * factor),
    }));
}

function panel(metric: ComparedMetric): LayerSpec<string> {
  const values = pointsOf(metric);
  const unit = units[metric.unit];
  const x = (field: string) => ({
    field,
    type: "quantitative" as const,
    axis: { title: unit === "" ? null : unit, tickCount: 8 },
  });
  const y = {
    field: "of",
    type: "nominal" as const,
    sort: null,
    axis: { title: null, labelLimit: 200 },
  };
  return {
    title: { text: metric.text, fontSize: 12, fontWeight: "normal" },
    width: plotWidth - 120,
    height: rowHeight * values.length,
    layer: [
      {
        data: { values: [{ zero: 0 }] },
        mark: { type: "rule", color: "#888888", strokeDash: [3, 3] },
        encoding: { x: x("zero") },
      },
      {
        data: { values },
        mark: { type: "rule", color: "#0072B2", strokeWidth: 2 },
        encoding: { x: x("lo"), x2: { field: "hi" }, y },
      },
      {
        data: { values },
        mark: { type: "point", color: "#0072B2", filled: true, size: 60, opacity: 1 },
        encoding: { x: x("mean"), y },
      },
    ],
  };
}
