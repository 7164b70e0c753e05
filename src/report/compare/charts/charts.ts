import type { Chart } from "../../charts/chart.ts";
import type { ComparisonReport } from "../comparison-report.ts";
import { differencesChart } from "./differences.ts";
import { overTimeChart } from "./over-time.ts";

/** The charts of a comparison in the order of the report; one without anything to show is left out. */
export function comparisonCharts(report: ComparisonReport): Chart[] {
  const differences = differencesChart(report);
  const hasClients = (report.results[0]?.result.series.clients.length ?? 0) > 0;
  return [
    ...(differences === undefined ? [] : [differences]),
    ...(hasClients ? [overTimeChart(report)] : []),
  ];
}
