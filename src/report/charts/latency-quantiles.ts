import type { ClientSeries, RunResult } from "../../simulation/result.ts";
import { groupBins, groupHighest, steps } from "./bins.ts";
import type { Chart, ChartTable } from "./chart.ts";
import { busiestClients, chartTitle } from "./selection.ts";
import { quantileColours, theme } from "./theme.ts";
import { type Layer, timeChannel, timePanel } from "./time-panel.ts";

const quantiles = ["p50", "p90", "p99"] as const;

/** Groups of bins on the time axis; a quantile of a group is the highest of its bins. */
const maxGroups = 240;
/** A logarithmic axis has no 0: what took less than this is drawn here. */
const leastMs = 0.001;

/** Latency quantiles of each client over time, on a logarithmic axis. */
export function latencyQuantilesChart(result: RunResult): Chart {
  const { shown, note } = busiestClients(result, 4);
  return {
    name: "latency-quantiles",
    title: "Latency over time",
    description:
      "For each client, the 50th, 90th and 99th percentile of latency in milliseconds, by the time at which requests were wanted.",
    spec: {
      title: chartTitle("Latency over time", result, note),
      config: theme,
      vconcat: shown.map((client, index) =>
        timePanel(
          {
            title: client.name,
            height: shown.length > 2 ? 160 : 220,
            isFirst: index === 0,
            isLast: index === shown.length - 1,
            layers: [quantileLines(client, result, index === shown.length - 1)],
          },
          result,
        ),
      ),
    },
    table: latencyTable(result, shown),
  };
}

function quantileLines(client: ClientSeries, result: RunResult, isLast: boolean): Layer {
  const groups = groupBins(result.series, maxGroups);
  const values = quantiles.flatMap((quantile) =>
    steps(groupHighest(client[quantile], groups), groups).map(({ t, value }) => ({
      t,
      quantile,
      ms: value === null ? null : Math.max(leastMs, value),
    })),
  );
  return {
    data: { values },
    mark: {
      type: "line",
      interpolate: "step-after",
      strokeWidth: 1.4,
      invalid: "break-paths-filter-domains",
    },
    encoding: {
      x: timeChannel("t", result, isLast),
      y: {
        field: "ms",
        type: "quantitative",
        scale: { type: "log", nice: true },
        axis: { title: "latency (ms, logarithmic)", format: "~g", tickCount: 5 },
      },
      color: {
        field: "quantile",
        type: "nominal",
        sort: null,
        scale: { domain: [...quantiles], range: [...quantileColours] },
      },
    },
  };
}

function latencyTable(result: RunResult, shown: readonly ClientSeries[]): ChartTable {
  const groups = groupBins(result.series, 60);
  const columns = shown.flatMap((client) => quantiles.map((key) => groupHighest(client[key], groups)));
  return {
    titles: ["from (s)", ...shown.flatMap(({ name }) => quantiles.map((key) => `${name} ${key} (ms)`))],
    rows: groups.starts.map((start, row) => [start, ...columns.map((column) => column[row] ?? null)]),
  };
}
