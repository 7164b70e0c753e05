import type { ClientSeries, RunResult } from "../../../simulation/result.ts";
import { draw, type Groups, groupBins, groupHighest, steps } from "../../charts/bins.ts";
import type { Chart } from "../../charts/chart.ts";
import { palette, theme } from "../../charts/theme.ts";
import { type Layer, timeChannel, timePanels } from "../../charts/time-panel.ts";
import type { ComparisonReport, NamedResult } from "../comparison-report.ts";

const maxGroups = 60;
/** More lines over one another cannot be told apart. */
const maxArms = palette.length;
const maxClients = 3;
/** A logarithmic axis has no 0: what took less than this is drawn here. */
const leastMs = 0.001;

type Figure = (client: ClientSeries, groups: Groups) => (number | null)[];

/** Success and latency of each client over time in replication 0, one line a variant. */
export function overTimeChart({ scenario, seed, results }: ComparisonReport): Chart {
  const shown = results.slice(0, maxArms);
  const base = shown[0]!.result;
  const clients = base.series.clients.slice(0, maxClients).map(({ name }) => name);
  const panels = clients.flatMap((client) => [
    { title: `${client}: successes (%)`, client, figure: successes, isLogarithmic: false },
    { title: `${client}: p99 latency (ms, logarithmic)`, client, figure: highestP99, isLogarithmic: true },
  ]);
  const note = results.length > shown.length ? `; ${shown.length} of ${results.length} variants` : "";
  return {
    name: "over-time",
    title: "Variants over time",
    description:
      "For each client, the share of successes and the 99th percentile of latency over time, a line a variant.",
    spec: {
      title: {
        text: "Variants over time",
        subtitle: `${scenario}, replication 0, seed ${seed}${note}`,
        fontSize: 15,
      },
      config: theme,
      vconcat: timePanels(
        panels.map(({ title, client, figure, isLogarithmic }, index) => ({
          title,
          height: 160,
          isLast: index === panels.length - 1,
          layers: [lines(shown, client, figure, isLogarithmic, index === panels.length - 1)],
        })),
        base,
      ),
    },
    table: tableOf(shown, clients),
  };
}

function successes(client: ClientSeries, groups: Groups): (number | null)[] {
  const sum = (counts: readonly number[], group: number) =>
    counts.slice(group * groups.size, (group + 1) * groups.size).reduce((total, count) => total + count, 0);
  return groups.starts.map((_, group) => {
    const requests = sum(client.requests, group);
    return requests === 0 ? null : draw((100 * sum(client.successes, group)) / requests);
  });
}

/** The highest of each group, so that no short peak is lost. */
function highestP99(client: ClientSeries, groups: Groups): (number | null)[] {
  return groupHighest(client.p99, groups);
}

function lines(
  arms: readonly NamedResult[],
  client: string,
  figure: Figure,
  isLogarithmic: boolean,
  isLast: boolean,
): Layer {
  const values = arms.flatMap(({ arm, result }) => {
    const groups = groupBins(result.series, maxGroups);
    const own = clientOf(result, client);
    if (own === undefined) return [];
    return steps(figure(own, groups), groups).map(({ t, value }) => ({
      t,
      arm,
      value: value === null || !isLogarithmic ? value : Math.max(leastMs, value),
    }));
  });
  return {
    data: { values },
    mark: {
      type: "line",
      interpolate: "step-after",
      strokeWidth: 1.4,
      invalid: "break-paths-filter-domains",
    },
    encoding: {
      x: timeChannel("t", arms[0]!.result, isLast),
      y: {
        field: "value",
        type: "quantitative",
        scale: isLogarithmic ? { type: "log" } : { zero: false },
        axis: { title: null, format: "~r", tickCount: 5 },
      },
      color: {
        field: "arm",
        type: "nominal",
        sort: null,
        scale: { domain: arms.map(({ arm }) => arm), range: [...palette] },
      },
    },
  };
}

function clientOf({ series }: RunResult, name: string): ClientSeries | undefined {
  return series.clients.find((client) => client.name === name);
}

function tableOf(arms: readonly NamedResult[], clients: readonly string[]) {
  const groups = groupBins(arms[0]!.result.series, 30);
  const columns = clients.flatMap((client) =>
    arms.flatMap(({ arm, result }) => {
      const own = clientOf(result, client);
      const cells = (figure: Figure) => (own === undefined ? [] : figure(own, groups));
      return [
        { title: `${client}, ${arm}: successes (%)`, cells: cells(successes) },
        { title: `${client}, ${arm}: p99 (ms)`, cells: cells(highestP99) },
      ];
    }),
  );
  return {
    titles: ["from (s)", ...columns.map(({ title }) => title)],
    rows: groups.starts.map((start, row) => [start, ...columns.map(({ cells }) => cells[row] ?? null)]),
  };
}
