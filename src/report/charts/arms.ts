import type { RunResult } from "../../simulation/result.ts";
import type { Chart } from "./chart.ts";
import { latencyByArmChart } from "./latency-by-arm.ts";
import { requestsByArmChart } from "./requests-by-arm.ts";
import { sharesByArmChart } from "./shares-by-arm.ts";

/** One of several runs of a scenario that stand beside one another, such as a variant. */
export interface Arm {
  readonly name: string;
  readonly result: RunResult;
}

/** Charts of several runs of one scenario, which last equally long: one panel for each run, all to one scale. */
export function chartsOfArms(arms: readonly Arm[]): Chart[] {
  if (arms.length === 0) return [];
  const { clients, services } = arms[0]!.result.series;
  return [
    ...(clients.length > 0 ? [latencyByArmChart(arms)] : []),
    ...(services.some(({ hosts }) => hosts.length > 0)
      ? [requestsByArmChart(arms), sharesByArmChart(arms)]
      : []),
  ];
}
