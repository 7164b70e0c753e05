import type { ClientSeries, RunResult } from "../../simulation/result.ts";
import { causeMeaning } from "../flag-meanings.ts";
import { type Groups, groupBins, groupRates, steps } from "./bins.ts";
import type { Chart, ChartTable } from "./chart.ts";
import { busiestClients, chartTitle } from "./selection.ts";
import { calmColour, otherColour, palette, theme } from "./theme.ts";
import { type Layer, type TimePanel, timeChannel, timePanels } from "./time-panel.ts";

const maxGroups = 120;
/** Causes with a colour of their own; the rest is drawn together. */
const maxCauses = 6;

interface Outcome {
  readonly name: string;
  readonly colour: string;
  /** Requests a second of each group. */
  readonly rates: readonly number[];
}

/** Requests a second of each client by outcome: failures by flag below, successes on top of them. */
export function outcomesChart(result: RunResult): Chart {
  const { shown, note } = busiestClients(result, 4);
  const causes = commonestCauses(shown);
  return {
    name: "outcomes",
    title: "Requests by outcome",
    description:
      "For each client, requests a second by outcome, stacked: failures by response flag at the bottom, successes on top.",
    spec: {
      title: chartTitle("Requests by outcome", result, note),
      config: theme,
      vconcat: timePanels(outcomePanels(shown, causes, result), result),
    },
    table: outcomeTable(result, shown, causes),
  };
}

/** Failures are few beside successes: where there is room they get a panel of their own, with its own scale. */
function outcomePanels(
  shown: readonly ClientSeries[],
  causes: readonly string[],
  result: RunResult,
): TimePanel[] {
  const isRoomy = shown.length <= 2;
  const groups = groupBins(result.series, maxGroups);
  const parts = shown.flatMap((client) => {
    const outcomes = outcomesOf(client, causes, groups);
    const failures = outcomes.filter(({ name }) => name !== "success");
    const all = { title: client.name, height: isRoomy ? 170 : 140, outcomes, drawn: outcomes };
    const failed = { title: `${client.name}: failures alone`, height: 110, outcomes, drawn: failures };
    const hasFailures = failures.some(({ rates }) => rates.some((rate) => rate > 0));
    return isRoomy && hasFailures ? [all, failed] : [all];
  });
  return parts.map(({ title, height, outcomes, drawn }, index) => {
    const isLast = index === parts.length - 1;
    return { title, height, isLast, layers: [stack(drawn, outcomes, result, isLast)] };
  });
}

/** One order of causes, and so one colour for each, in all panels. */
function commonestCauses(clients: readonly ClientSeries[]): string[] {
  const totals = new Map<string, number>();
  for (const [cause, counts] of clients.flatMap(({ failures }) => failures)) {
    totals.set(
      cause,
      counts.reduce((sum, count) => sum + count, totals.get(cause) ?? 0),
    );
  }
  return [...totals]
    .filter(([, total]) => total > 0)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([cause]) => cause);
}

function outcomesOf(client: ClientSeries, causes: readonly string[], groups: Groups): Outcome[] {
  const none = groups.starts.map(() => 0);
  const rates = (cause: string) => {
    const counts = client.failures.find(([name]) => name === cause)?.[1];
    return counts === undefined ? none : groupRates(counts, groups);
  };
  const rest = causes.slice(maxCauses).map(rates);
  const others = none.map((_, index) => rest.reduce((sum, list) => sum + list[index]!, 0));
  return [
    ...causes
      .slice(0, maxCauses)
      .map((cause, index) => ({ name: causeName(cause), colour: palette[index]!, rates: rates(cause) })),
    ...(rest.length > 0 ? [{ name: "other failures", colour: otherColour, rates: others }] : []),
    { name: "success", colour: calmColour, rates: groupRates(client.successes, groups) },
  ];
}

function causeName(cause: string): string {
  return `${cause}: ${causeMeaning(cause)}`;
}

/** `drawn` are those of the outcomes that the panel shows; colours are those of all. */
function stack(
  drawn: readonly Outcome[],
  outcomes: readonly Outcome[],
  result: RunResult,
  isLast: boolean,
): Layer {
  const groups = groupBins(result.series, maxGroups);
  const values = drawn.flatMap(({ name, rates }, order) =>
    steps(rates, groups).map(({ t, value }) => ({ t, outcome: name, order, rate: value })),
  );
  return {
    data: { values },
    mark: { type: "area", interpolate: "step-after" },
    encoding: {
      x: timeChannel("t", result, isLast),
      y: {
        field: "rate",
        type: "quantitative",
        stack: "zero",
        axis: { title: "requests / s", tickCount: 5 },
      },
      order: { field: "order", type: "quantitative" },
      color: {
        field: "outcome",
        type: "nominal",
        sort: null,
        scale: { domain: outcomes.map(({ name }) => name), range: outcomes.map(({ colour }) => colour) },
        legend: { columns: 3, symbolType: "square", labelLimit: 300 },
      },
    },
  };
}

function outcomeTable(
  result: RunResult,
  shown: readonly ClientSeries[],
  causes: readonly string[],
): ChartTable {
  const groups = groupBins(result.series, 60);
  const columns = shown.flatMap((client) =>
    outcomesOf(client, causes, groups).map(({ name, rates }) => ({
      title: `${client.name} ${name.split(":")[0]} (/s)`,
      rates,
    })),
  );
  return {
    titles: ["from (s)", ...columns.map(({ title }) => title)],
    rows: groups.starts.map((start, row) => [start, ...columns.map(({ rates }) => rates[row]!)]),
  };
}
