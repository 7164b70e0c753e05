import exp from "@stdlib/math-base-special-exp";
import ln from "@stdlib/math-base-special-ln";
import type { ClientOverTime, OverTime } from "../../../experiment/replicate/over-time.ts";
import { SECOND } from "../../../kernel/time.ts";
import type { RunResult } from "../../../simulation/result.ts";
import { confidenceInterval } from "../../../statistics/confidence-interval.ts";
import { draw } from "../../charts/bins.ts";
import type { Chart } from "../../charts/chart.ts";
import { fromAxis, type LatencyAxis, latencyAxis, onAxis, tickLabels } from "../../charts/latency-axis.ts";
import { palette, theme } from "../../charts/theme.ts";
import { type Layer, timeChannel, timePanels } from "../../charts/time-panel.ts";
import type { ComparisonReport, NamedOverTime } from "../comparison-report.ts";

/** More lines over one another cannot be told apart. */
const maxArms = palette.length;
const maxClients = 3;

/** One panel, of one client. */
interface Panel {
  readonly client: string;
  readonly title: string;
  readonly of: (client: ClientOverTime) => readonly (number | null)[];
  readonly factor: number;
  /** Between which the figure lies, wherever its interval ends. */
  readonly least: number;
  readonly most: number;
  /** Undefined: it is not logarithmic. */
  readonly latency: LatencyAxis | undefined;
}

/** The mean over the replications that have a value in this part, and its interval; on a logarithmic axis of logarithms. */
interface Step {
  readonly from: number;
  readonly to: number;
  readonly mean: number | null;
  readonly lo: number | null;
  readonly hi: number | null;
}

/**
 * Success and latency of each client over time, one line a variant: the mean over replications, in its 95% interval. Undefined where
 * no client wanted anything.
 */
export function overTimeChart(report: ComparisonReport): Chart | undefined {
  const { scenario, seed, results, overTime, comparison } = report;
  const { result } = results[0]!;
  const shown = overTime.slice(0, maxArms);
  const names = result.series.clients.map(({ name }) => name);
  const clients = names.filter((name) => wantedSomething(name, shown)).slice(0, maxClients);
  if (clients.length === 0) return undefined;
  const panels = clients.flatMap((client) => panelsOf(client, shown));
  const note = overTime.length > shown.length ? `; ${shown.length} of ${overTime.length} variants` : "";
  const n = Math.min(...comparison.arms.map((arm) => arm.n));
  const what = n < 2 ? "replication 0" : `mean and 95% interval over ${n} replications`;
  return {
    name: "over-time",
    title: "Variants over time",
    description:
      "For each client, the share of successes and the 99th percentile of latency over time, a line a variant.",
    spec: {
      title: {
        text: "Variants over time",
        subtitle: `${scenario}, seed ${seed}: ${what}${note}`,
        fontSize: 15,
      },
      config: theme,
      vconcat: timePanels(
        panels.map((panel, index) => {
          const isLast = index === panels.length - 1;
          return { title: panel.title, height: 160, isLast, layers: lines(shown, panel, result, isLast) };
        }),
        result,
      ),
    },
    table: tableOf(shown, panels),
  };
}

function wantedSomething(client: string, arms: readonly NamedOverTime[]): boolean {
  return arms.some(({ replications }) =>
    replications.some(({ clients }) =>
      clients.some(({ name, p99 }) => name === client && p99.some((value) => value !== null)),
    ),
  );
}

function panelsOf(client: string, arms: readonly NamedOverTime[]): Panel[] {
  const latency = latencyAxis(
    arms.flatMap(({ replications }) =>
      replications.flatMap(({ clients }) => clients.find(({ name }) => name === client)?.p99 ?? []),
    ),
  );
  return [
    {
      client,
      title: `${client}: successes (%)`,
      of: ({ successRate }) => successRate,
      factor: 100,
      least: 0,
      most: 100,
      latency: undefined,
    },
    {
      client,
      title: `${client}: p99 latency (ms, logarithmic, geometric mean)`,
      of: ({ p99 }) => p99,
      factor: 1,
      least: latency.hasZero ? latency.ticks[0]! : 0,
      most: Number.POSITIVE_INFINITY,
      latency,
    },
  ];
}

function stepsOf(
  replications: readonly OverTime[],
  { client, of, factor, least, most, latency }: Panel,
): Step[] {
  const [first] = replications;
  const own = replications.flatMap(({ clients }) => clients.find(({ name }) => name === client) ?? []);
  if (first === undefined || own.length === 0) return [];
  const within = (value: number) =>
    Number.isNaN(value) ? null : draw(Math.min(most, Math.max(least, value * factor)));
  return of(own[0]!).map((_, index) => {
    const values = own.flatMap((each) => of(each)[index] ?? []);
    const { mean, lo, hi } = latency ? ofLogarithms(values, latency) : confidenceInterval(values);
    const at = (part: number) => Number((Math.min(part * first.part, first.end) / SECOND).toPrecision(6));
    return { from: at(index), to: at(index + 1), mean: within(mean), lo: within(lo), hi: within(hi) };
  });
}

/** The geometric mean and its interval, which a logarithmic axis shows without going below every value. */
function ofLogarithms(values: readonly number[], latency: LatencyAxis) {
  const { mean, lo, hi } = confidenceInterval(values.map((value) => ln(onAxis(value, latency))));
  return { mean: exp(mean), lo: exp(lo), hi: exp(hi) };
}

function lines(arms: readonly NamedOverTime[], panel: Panel, result: RunResult, isLast: boolean): Layer[] {
  const values = arms.flatMap(({ arm, replications }) => {
    const steps = stepsOf(replications, panel);
    const rows = steps.map(({ from, mean, lo, hi }) => ({ t: from, arm, mean, lo, hi }));
    const last = steps.at(-1);
    // The last step ends with a point of its own.
    return last === undefined ? rows : [...rows, { ...rows.at(-1)!, t: last.to }];
  });
  const y = (field: string) => ({
    field,
    type: "quantitative" as const,
    scale: panel.latency ? logarithmic(panel.latency) : { zero: false },
    axis: {
      title: null,
      format: "~r",
      ...(panel.latency?.hasZero ? zeroTicks(panel.latency) : { tickCount: 5 }),
    },
  });
  const color = {
    field: "arm",
    type: "nominal" as const,
    sort: null,
    scale: { domain: arms.map(({ arm }) => arm), range: [...palette] },
    legend: { symbolOpacity: 1 },
  };
  const x = timeChannel("t", result, isLast);
  const withInterval = values.filter(({ lo, hi }) => lo !== null && hi !== null);
  const bands: Layer = {
    data: { values: withInterval },
    mark: { type: "area", interpolate: "step-after", opacity: 0.18 },
    encoding: { x, y: y("lo"), y2: { field: "hi" }, color },
  };
  const means: Layer = {
    data: { values },
    mark: {
      type: "line",
      interpolate: "step-after",
      strokeWidth: 1.4,
      invalid: "break-paths-filter-domains",
    },
    encoding: { x, y: y("mean"), color },
  };
  // An axis over no values at all is a mistake to the library.
  return withInterval.length === 0 ? [means] : [bands, means];
}

/** Where 0 is shown, it must be the foot of the axis. */
function logarithmic({ ticks, hasZero }: LatencyAxis) {
  return { type: "log" as const, ...(hasZero && { domainMin: ticks[0]! }) };
}

function zeroTicks(latency: LatencyAxis) {
  return { values: [...latency.ticks], ...tickLabels(latency, "~r") };
}

function tableOf(arms: readonly NamedOverTime[], panels: readonly Panel[]): Chart["table"] {
  const columns = arms.flatMap(({ arm, replications }) =>
    panels.map((panel) => ({
      title: `${arm}, ${panel.title}`,
      steps: stepsOf(replications, panel),
      read: (value: number | null) =>
        panel.latency === undefined || value === null ? value : fromAxis(value, panel.latency),
    })),
  );
  const longest = columns.reduce<readonly Step[]>(
    (most, { steps }) => (steps.length > most.length ? steps : most),
    [],
  );
  return {
    titles: ["from (s)", ...columns.flatMap(({ title }) => [title, "from", "to"])],
    rows: longest.map(({ from }, row) => [
      from,
      ...columns.flatMap(({ steps, read }) => {
        const step = steps[row];
        return [step?.mean ?? null, step?.lo ?? null, step?.hi ?? null].map(read);
      }),
    ]),
  };
}
