import { SECOND } from "../../kernel/time.ts";
import type { ProxySeries, RunResult } from "../../simulation/result.ts";
import { draw, type Groups, groupBins, groupHighest, groupRates, steps } from "./bins.ts";
import type { Chart, ChartTable } from "./chart.ts";
import { chartTitle, selectTop } from "./selection.ts";
import { palette, theme } from "./theme.ts";
import { type Layer, timeChannel, timePanels } from "./time-panel.ts";

const maxGroups = 120;

type Measure = "retries" | "overflows" | "ejected";

interface Panel {
  readonly measure: Measure;
  readonly title: string;
  readonly unit: string;
  /** What to say instead of drawing nothing. */
  readonly none: string;
  values(series: ProxySeries, groups: Groups): (number | null)[];
}

const panels: readonly Panel[] = [
  {
    measure: "retries",
    title: "retries",
    unit: "retries / s",
    none: "no retries",
    values: (series, groups) => groupRates(series.retries, groups),
  },
  {
    measure: "overflows",
    title: "requests and retries that a circuit breaker refused",
    unit: "overflows / s",
    none: "no overflows",
    values: (series, groups) => groupRates(series.overflows, groups),
  },
  {
    measure: "ejected",
    title: "hosts ejected by outlier detection (▼ ejected, ▲ returned)",
    unit: "hosts",
    none: "no ejections",
    values: (series, groups) => groupHighest(series.ejected, groups),
  },
];

/** Retries, overflows and ejected hosts of each proxy over time, with a mark at each ejection and return. */
export function retriesAndEjectionsChart(result: RunResult): Chart {
  const { shown, note } = selectTop(
    result.series.proxies,
    palette.length,
    troubleOf,
    "proxies, the most troubled",
  );
  const occurs = ({ measure }: Panel) => shown.some((proxy) => proxy[measure].some((value) => value > 0));
  const present = panels.some(occurs) ? panels.filter(occurs) : panels.slice(0, 1);
  const absent = panels.filter((panel) => !occurs(panel)).map(({ none }) => none);
  return {
    name: "retries-and-ejections",
    title: "Retries, overflows and ejections",
    description:
      "For each proxy, retries a second, what circuit breakers refused a second, and how many hosts were ejected, over time.",
    spec: {
      title: chartTitle(
        "Retries, overflows and ejections",
        result,
        [note, ...absent].filter(Boolean).join("; "),
      ),
      config: theme,
      vconcat: timePanels(
        present.map((panel, index) => {
          const isLast = index === present.length - 1;
          const marks = panel.measure === "ejected" ? [ejectionMarks(result, isLast)] : [];
          const layers = [proxyLines(panel, shown, result, isLast), ...marks];
          return { title: panel.title, height: 120, isLast, layers };
        }),
        result,
      ),
    },
    table: proxyTable(result, shown),
  };
}

function proxyLines(panel: Panel, shown: readonly ProxySeries[], result: RunResult, isLast: boolean): Layer {
  const groups = groupBins(result.series, maxGroups);
  const values = shown.flatMap((proxy) =>
    steps(panel.values(proxy, groups), groups).map(({ t, value }) => ({ t, proxy: proxy.name, value })),
  );
  const top = 1.15 * Math.max(1, ...values.map(({ value }) => value ?? 0));
  return {
    data: { values },
    mark: { type: "line", interpolate: "step-after", strokeWidth: 1.6 },
    encoding: {
      x: timeChannel("t", result, isLast),
      y: {
        field: "value",
        type: "quantitative",
        scale: { domain: [0, top], nice: true },
        axis: { title: panel.unit, tickCount: 4, ...(panel.measure === "ejected" && { tickMinStep: 1 }) },
      },
      color: {
        field: "proxy",
        type: "nominal",
        sort: null,
        scale: { domain: shown.map(({ name }) => name), range: palette.slice(0, shown.length) },
      },
    },
  };
}

/** Many marks at one place say no more than one; this many can still be told apart. */
const maxMarks = 400;

function ejectionMarks(result: RunResult, isLast: boolean): Layer {
  const enforced = result.ejections.filter((event) => event.enforced || event.action === "UNEJECT");
  return {
    data: {
      values: enforced
        .slice(0, maxMarks)
        .map(({ at, action }) => ({ at: Number((at / SECOND).toPrecision(6)), action })),
    },
    mark: { type: "point", size: 60, filled: true, color: "#222222", opacity: 0.8 },
    encoding: {
      x: timeChannel("at", result, isLast),
      y: { value: 6 },
      shape: {
        field: "action",
        type: "nominal",
        scale: { domain: ["EJECT", "UNEJECT"], range: ["triangle-down", "triangle-up"] },
        legend: null,
      },
    },
  };
}

function proxyTable(result: RunResult, shown: readonly ProxySeries[]): ChartTable {
  const groups = groupBins(result.series, 60);
  const columns = shown.flatMap((proxy) => panels.map((panel) => panel.values(proxy, groups)));
  return {
    titles: ["from (s)", ...shown.flatMap(({ name }) => panels.map(({ unit }) => `${name} ${unit}`))],
    rows: groups.starts.map((start, row) => [draw(start), ...columns.map((column) => column[row] ?? null)]),
  };
}

function troubleOf(proxy: ProxySeries): number {
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  return sum(proxy.retries) + sum(proxy.overflows) + sum(proxy.ejected);
}
