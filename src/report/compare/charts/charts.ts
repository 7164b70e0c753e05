import type { Chart } from "../../charts/chart.ts";
import type { ComparisonReport } from "../comparison-report.ts";
import { differencesChart } from "./differences.ts";
import { overTimeChart } from "./over-time.ts";

/** The charts of a comparison in the order of the report; one without anything to show is left out. */
export function comparisonCharts(report: ComparisonReport): Chart[] {
  const differences = differencesChart(report);
  const overTime = report.results.length === 0 ? undefined : overTimeChart(report);
  return [differences, overTime].filter((chart) => chart !== undefined);
}
