import type { Chart } from "../../charts/chart.ts";
import type { TuneReport } from "../tune-report.ts";
import { costChart } from "./cost.ts";

/** The charts of a search in the order of its report. */
export function tuneCharts(report: TuneReport): Chart[] {
  return [costChart(report)];
}
