import type { LayerSpec } from "vega-lite/types_unstable/spec/index.js";
import type { HostResult } from "../../simulation/result.ts";
import type { Arm } from "./arms.ts";
import { draw } from "./bins.ts";
import type { Chart, ChartTable } from "./chart.ts";
import { chartTitle, selectTop } from "./selection.ts";
import { palette, plotWidth, theme } from "./theme.ts";

/** So many bars still have room for their figures. */
const maxBars = 20;

/** The share of requests that each host got in each run, beside an even share. */
export function sharesByArmChart(arms: readonly Arm[]): Chart {
  const { result } = arms[0]!;
  const name = busiestService(arms);
  const requests = (host: HostResult) => host.requests;
  const { shown, note } = selectTop(hostsOf(arms[0]!, name), maxBars, requests, "hosts, the busiest");
  const addresses = shown.map(({ address }) => address);
  const highest = Math.max(
    1,
    ...arms.flatMap((arm) => hostsOf(arm, name).map((host) => shareOf(host, arm, name) ?? 0)),
  );
  return {
    name: "shares-by-arm",
    title: "Share of requests by host",
    description: `For each run, the percentage of all requests of ${name} that each host got, and a line at the even share.`,
    spec: {
      title: chartTitle(`Share of requests by host of ${name}`, { ...result, variant: null }, note),
      config: theme,
      vconcat: arms.map((arm, index) => armPanel(arm, name, addresses, highest, index === arms.length - 1)),
    },
    table: armTable(arms, name),
  };
}

/** The service with most requests over all runs; with equally many, the first. */
export function busiestService(arms: readonly Arm[]): string {
  const total = (name: string) =>
    arms.reduce(
      (sum, { result }) => sum + (result.services.find((service) => service.name === name)?.requests ?? 0),
      0,
    );
  const names = arms[0]!.result.services.map(({ name }) => name);
  return names.reduce((best, name) => (total(name) > total(best) ? name : best));
}

/** Every host of a service in every run. */
export function armTable(arms: readonly Arm[], service: string): ChartTable {
  return {
    titles: ["run", "host", "requests", "share (%)"],
    rows: arms.flatMap((arm) =>
      hostsOf(arm, service).map((host) => [
        arm.name,
        host.address,
        host.requests,
        shareOf(host, arm, service),
      ]),
    ),
  };
}

function armPanel(
  arm: Arm,
  service: string,
  addresses: readonly string[],
  highest: number,
  isLast: boolean,
): LayerSpec<string> {
  const hosts = hostsOf(arm, service);
  const values = hosts
    .filter(({ address }) => addresses.includes(address))
    .map((host) => ({ host: host.address, share: shareOf(host, arm, service) ?? 0 }));
  const x = {
    field: "host",
    type: "nominal" as const,
    sort: null,
    axis: { title: null, labels: isLast, ticks: isLast, labelAngle: addresses.length > 6 ? -40 : 0 },
  };
  const y = {
    field: "share",
    type: "quantitative" as const,
    scale: { domain: [0, highest], nice: true },
    axis: { title: "share (%)", tickCount: 4 },
  };
  return {
    title: { text: arm.name, fontSize: 12, fontWeight: "normal" },
    width: plotWidth,
    height: 100,
    layer: [
      { data: { values }, mark: { type: "bar", color: palette[1] }, encoding: { x, y } },
      {
        data: { values },
        // At the foot, where neither a low bar nor the line crosses it.
        mark: { type: "text", baseline: "bottom", dy: -4, fontSize: 11, color: "#FFFFFF" },
        encoding: {
          x,
          y: { datum: 0, axis: y.axis, scale: y.scale, type: y.type },
          text: { field: "share", type: "quantitative", format: ".3~r" },
        },
      },
      {
        data: { values: [{ share: draw(100 / Math.max(1, hosts.length)) }] },
        mark: { type: "rule", color: palette[0], strokeDash: [4, 3], strokeWidth: 1.2 },
        encoding: { y },
      },
    ],
  };
}

function hostsOf({ result }: Arm, service: string): readonly HostResult[] {
  return result.services.find(({ name }) => name === service)?.hosts ?? [];
}

/** Percent of the service's requests; null without any. */
function shareOf({ requests }: HostResult, { result }: Arm, service: string): number | null {
  const all = result.services.find(({ name }) => name === service)?.requests ?? 0;
  return all === 0 ? null : draw((100 * requests) / all);
}
