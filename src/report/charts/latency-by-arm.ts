import type { Arm } from "./arms.ts";
import { draw } from "./bins.ts";
import type { Chart } from "./chart.ts";
import { axisOf, quantileLines } from "./latency-quantiles.ts";
import { busiestClients, chartTitle } from "./selection.ts";
import { theme } from "./theme.ts";
import { timePanels } from "./time-panel.ts";

/** Latency quantiles over time of the same client in each run; with several clients, those of the busiest. */
export function latencyByArmChart(arms: readonly Arm[]): Chart {
  const { result } = arms[0]!;
  const { name } = busiestClients(result, 1).shown[0]!;
  const series = arms.map((arm) => arm.result.series.clients.find((client) => client.name === name)!);
  const latency = axisOf(series, result);
  return {
    name: "latency-by-arm",
    title: "Latency over time",
    description: `For each run, the 50th, 90th and 99th percentile of latency of ${name} in milliseconds, by the time at which requests were wanted.`,
    spec: {
      title: chartTitle(`Latency of ${name}`, { ...result, variant: null }),
      config: theme,
      vconcat: timePanels(
        arms.map((arm, index) => {
          const isLast = index === arms.length - 1;
          const layers = [quantileLines(series[index]!, arm.result, isLast, latency)];
          return { title: arm.name, height: 150, isLast, layers };
        }),
        result,
      ),
    },
    table: {
      titles: ["run", "requests", "p50 (ms)", "p90 (ms)", "p99 (ms)"],
      rows: arms.map((arm) => {
        const client = arm.result.clients.find((one) => one.name === name);
        const { p50, p90, p99 } = client?.latencyMs ?? { p50: null, p90: null, p99: null };
        const figures = [p50, p90, p99].map((ms) => (ms === null ? null : draw(ms)));
        return [arm.name, client?.requests ?? null, ...figures];
      }),
    },
  };
}
