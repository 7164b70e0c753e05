import type { ClientSeries, RunResult } from "../../simulation/result.ts";
import { draw, type Groups, groupBins, groupHighest, groupMiddle, steps } from "./bins.ts";
import type { Chart, ChartTable } from "./chart.ts";
import { busiestClients, chartTitle } from "./selection.ts";
import { quantileColours, theme } from "./theme.ts";
import { type Layer, timeChannel, timePanels } from "./time-panel.ts";

const quantiles = ["p50", "p90", "p99"] as const;

const maxGroups = 120;
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
      vconcat: timePanels(
        shown.map((client, index) => ({
          title: client.name,
          height: shown.length > 2 ? 160 : 220,
          isLast: index === shown.length - 1,
          layers: [quantileLines(client, result, index === shown.length - 1, latencyTicks([client], result))],
        })),
        result,
      ),
    },
    table: latencyTable(result, shown),
  };
}

/** One line for each quantile of a client's latency, between the first tick and the last. */
export function quantileLines(
  client: ClientSeries,
  result: RunResult,
  isLast: boolean,
  ticks: readonly number[],
): Layer {
  const groups = groupBins(result.series, maxGroups);
  const values = quantiles.flatMap((quantile) =>
    steps(millisecondsOf(client, quantile, groups), groups).map(({ t, value }) => ({
      t,
      quantile,
      ms: value,
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
        scale: { type: "log", domain: [ticks[0]!, ticks.at(-1)!], nice: false },
        axis: {
          title: "latency (ms, log)",
          format: "~f",
          values: [...ticks],
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

/** Ticks of an axis on which the latencies of all these clients fit. */
export function latencyTicks(clients: readonly ClientSeries[], result: RunResult): number[] {
  const groups = groupBins(result.series, maxGroups);
  return logTicks(
    clients.flatMap((client) => quantiles.flatMap((quantile) => millisecondsOf(client, quantile, groups))),
  );
}

/** What is drawn of a quantile. */
function millisecondsOf(client: ClientSeries, quantile: (typeof quantiles)[number], groups: Groups) {
  return quantileOf(client, quantile, groups).map((ms) => (ms === null ? null : Math.max(leastMs, ms)));
}

/**
 * 1, 2, 5, 10, ... from the last one below the values to the first one above them; only powers of ten where
 * they span more than three decades.
 */
function logTicks(values: readonly (number | null)[]): number[] {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return [1, 10, 100];
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const within = most / least > 1000 ? [1] : [1, 2, 5];
  let ticks: number[] = [];
  for (let decade = leastMs; ; decade = draw(decade * 10)) {
    for (const tick of within.map((factor) => draw(decade * factor))) {
      if (tick <= least) ticks = [];
      ticks.push(tick);
      if (tick > most) return ticks;
    }
  }
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
