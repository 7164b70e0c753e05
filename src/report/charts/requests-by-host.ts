import type { UnitSpec } from "vega-lite/types_unstable/spec/index.js";
import type { RunResult, ServiceSeries } from "../../simulation/result.ts";
import { draw, groupBins, groupRates, steps } from "./bins.ts";
import type { Chart, ChartTable } from "./chart.ts";
import { chartTitle, selectTop } from "./selection.ts";
import { palette, theme } from "./theme.ts";
import { type Layer, type TimePanel, timeChannel, timePanels } from "./time-panel.ts";

/** Up to so many hosts are lines; more are rows of a heat map. */
const maxLines: number = palette.length;
const maxRows = 40;
const maxServices = 4;

type HostSeries = ServiceSeries["hosts"][number];

/** Requests a second at each host: lines for a few hosts, a heat map for many. */
export function requestsByHostChart(result: RunResult): Chart {
  const { shown, note } = selectTop(result.series.services, maxServices, totalOf, "services, the busiest");
  return {
    name: "requests-by-host",
    title: "Requests by host",
    description:
      "For each service, requests a second that arrived at each of its hosts, by the time of arrival.",
    spec: {
      title: chartTitle("Requests by host", result, note),
      config: theme,
      vconcat: timePanels(
        shown.map((service, index) => servicePanel(service, index === shown.length - 1, result)),
        result,
      ),
      resolve: { scale: { color: "independent" } },
    },
    table: hostTable(result, shown),
  };
}

function servicePanel(service: ServiceSeries, isLast: boolean, result: RunResult): TimePanel {
  const { shown, note } = differingHosts(service);
  const isMap = shown.length > maxLines;
  return {
    title: note === "" ? service.name : `${service.name} (${note})`,
    height: isMap ? Math.max(160, 13 * shown.length) : 200,
    isLast,
    shades: !isMap,
    layers: [isMap ? heatMap(shown, result, isLast) : hostLines(shown, result, isLast)],
  };
}

/** With too many hosts, those whose number of requests is farthest from the mean. */
function differingHosts(service: ServiceSeries) {
  const mean = totalOf(service) / Math.max(1, service.hosts.length);
  const difference = (host: HostSeries) => Math.abs(sum(host.requests) - mean);
  return selectTop(service.hosts, maxRows, difference, "hosts, those farthest from the mean");
}

/** Requests a second at each of a few hosts; `highest`: where the axis ends, otherwise the highest of them. */
export function hostLines(
  hosts: readonly HostSeries[],
  result: RunResult,
  isLast: boolean,
  highest?: number,
): Layer {
  const values = hostRates(hosts, result).flatMap(({ host, rates }) =>
    rates.map(({ t, value }) => ({ t, host, rate: value })),
  );
  return {
    data: { values },
    mark: { type: "line", interpolate: "step-after", strokeWidth: 1.4 },
    encoding: {
      x: timeChannel("t", result, isLast),
      y: {
        field: "rate",
        type: "quantitative",
        scale: highest === undefined ? { zero: true } : { domain: [0, highest] },
        axis: { title: "requests / s", tickCount: 5 },
      },
      color: {
        field: "host",
        type: "nominal",
        sort: null,
        scale: { domain: hosts.map(({ address }) => address), range: palette.slice(0, hosts.length) },
        legend: { columns: 4 },
      },
    },
  };
}

/** The highest rate that lines of these hosts reach. */
export function highestRate(hosts: readonly HostSeries[], result: RunResult): number {
  const rates = hostRates(hosts, result).flatMap((host) => host.rates.map(({ value }) => value ?? 0));
  return Math.max(1, ...rates);
}

function hostRates(hosts: readonly HostSeries[], result: RunResult) {
  const groups = groupBins(result.series, 120);
  return hosts.map(({ address, requests }) => ({
    host: address,
    rates: steps(groupRates(requests, groups), groups),
  }));
}

function heatMap(hosts: readonly HostSeries[], result: RunResult, isLast: boolean): UnitSpec<string> {
  const groups = groupBins(result.series, 60);
  const values = hosts.flatMap(({ address, requests }) =>
    groupRates(requests, groups).map((rate, index) => ({
      host: address,
      rate,
      t: draw(groups.starts[index]!),
      end: draw(groups.starts[index]! + groups.widths[index]!),
    })),
  );
  return {
    data: { values },
    mark: { type: "rect", strokeWidth: 0.5 },
    encoding: {
      x: timeChannel("t", result, isLast),
      x2: { field: "end" },
      y: {
        field: "host",
        type: "nominal",
        sort: null,
        axis: { title: null, labelLimit: 220, labelFontSize: 10 },
      },
      color: {
        field: "rate",
        type: "quantitative",
        scale: { scheme: "viridis", domain: [0, Math.max(1, ...values.map(({ rate }) => rate))] },
        legend: { title: "requests / s", gradientLength: 200, tickCount: 4, titleOrient: "left" },
      },
    },
  };
}

function hostTable(result: RunResult, shown: readonly ServiceSeries[]): ChartTable {
  const names = new Set(shown.map(({ name }) => name));
  const services = result.services.filter(({ name }) => names.has(name));
  return {
    titles: ["service", "host", "requests", "share (%)", "utilisation (%)"],
    rows: services.flatMap((service) =>
      service.hosts.map((host) => [
        service.name,
        host.address,
        host.requests,
        service.requests === 0 ? null : draw((100 * host.requests) / service.requests),
        host.utilisation === null ? null : draw(100 * host.utilisation),
      ]),
    ),
  };
}

function totalOf(service: ServiceSeries): number {
  return service.hosts.reduce((total, { requests }) => total + sum(requests), 0);
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
