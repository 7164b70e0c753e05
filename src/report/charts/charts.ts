import type { RunResult } from "../../simulation/result.ts";
import type { Chart } from "./chart.ts";
import { latencyQuantilesChart } from "./latency-quantiles.ts";
import { outcomesChart } from "./outcomes.ts";
import { requestsByHostChart } from "./requests-by-host.ts";
import { retriesAndEjectionsChart } from "./retries-and-ejections.ts";

/** The charts of a run in the order of the report; one about things that the run does not have is left out. */
export function chartsOf(result: RunResult): Chart[] {
  const { clients, services, proxies } = result.series;
  return [
    ...(clients.length > 0 ? [latencyQuantilesChart(result), outcomesChart(result)] : []),
    ...(services.some(({ hosts }) => hosts.length > 0) ? [requestsByHostChart(result)] : []),
    ...(proxies.length > 0 ? [retriesAndEjectionsChart(result)] : []),
  ];
}
