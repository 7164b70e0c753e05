import type { ClientSeries, RunResult } from "../../simulation/result.ts";
import { type Groups, groupBins, groupHighest, groupMiddle, steps } from "./bins.ts";
import type { Chart, ChartTable } from "./chart.ts";
import { type LatencyAxis, latencyAxis, onAxis, tickLabels } from "./latency-axis.ts";
import { busiestClients, chartTitle } from "./selection.ts";
import { quantileColours, theme } from "./theme.ts";
import { type Layer, timeChannel, timePanels } from "./time-panel.ts";

const quantiles = ["p50", "p90", "p99"] as const;

const maxGroups = 120;

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
      vconcat: timePanels(
        shown.map((client, index) => ({
          title: client.name,
          height: shown.length > 2 ? 160 : 220,
          isLast: index === shown.length - 1,
          layers: [quantileLines(client, result, index === shown.length - 1, axisOf([client], result))],
        })),
        result,
      ),
    },
    table: latencyTable(result, shown),
  };
}

/** One line for each quantile of a client's latency. */
export function quantileLines(
  client: ClientSeries,
  result: RunResult,
  isLast: boolean,
  latency: LatencyAxis,
): Layer {
  const groups = groupBins(result.series, maxGroups);
  const values = quantiles.flatMap((quantile) =>
    steps(quantileOf(client, quantile, groups), groups).map(({ t, value }) => ({
      t,
      quantile,
      ms: value === null ? null : onAxis(value, latency),
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
        scale: { type: "log", domain: [latency.ticks[0]!, latency.ticks.at(-1)!], nice: false },
        axis: {
          title: "latency (ms, log)",
          format: "~f",
          values: [...latency.ticks],
          ...tickLabels(latency, "~f"),
        },
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

/** An axis on which the latencies of all these clients fit. */
export function axisOf(clients: readonly ClientSeries[], result: RunResult): LatencyAxis {
  const groups = groupBins(result.series, maxGroups);
  return latencyAxis(
    clients.flatMap((client) => quantiles.flatMap((quantile) => quantileOf(client, quantile, groups))),
  );
}

/**
 * Quantiles of several bins together cannot be had from those of the bins: the middle one stands for common
 * latencies, and the highest for rare ones, so that no short peak is lost.
 */
function quantileOf(client: ClientSeries, quantile: (typeof quantiles)[number], groups: Groups) {
  return quantile === "p99" ? groupHighest(client.p99, groups) : groupMiddle(client[quantile], groups);
}

function latencyTable(result: RunResult, shown: readonly ClientSeries[]): ChartTable {
  const groups = groupBins(result.series, 60);
  const columns = shown.flatMap((client) => quantiles.map((key) => quantileOf(client, key, groups)));
  return {
    titles: ["from (s)", ...shown.flatMap(({ name }) => quantiles.map((key) => `${name} ${key} (ms)`))],
    rows: groups.starts.map((start, row) => [start, ...columns.map((column) => column[row] ?? null)]),
  };
}
