import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Arm, chartsOfArms, drawSvg, loadScenario, simulate } from "../../src/index.ts";

export const folder: string = fileURLToPath(new URL("../../docs/load-balancing/", import.meta.url));

const files = {
  read: (path: string) => readFileSync(path, "utf8"),
  beside: (path: string, name: string) => join(dirname(path), name),
};

/** The chart of one page. */
export interface PageChart {
  readonly chart: "latency-by-arm" | "requests-by-arm" | "shares-by-arm";
  /** Title of each panel with the variant that it shows; null: the base. */
  readonly panels: readonly (readonly [title: string, variant: string | null])[];
}

/** By page; its scenario is scenarios/PAGE.yaml. */
export const pageCharts: Readonly<Record<string, PageChart>> = {
  "round-robin": {
    chart: "latency-by-arm",
    panels: [
      ["round robin", null],
      ["least request", "least-request"],
    ],
  },
  "least-request": {
    chart: "requests-by-arm",
    panels: [
      ["round robin", null],
      ["least request, 2 choices (default)", "two-choices"],
      ["least request, 10 choices", "ten-choices"],
    ],
  },
  random: {
    chart: "latency-by-arm",
    panels: [
      ["random", "random"],
      ["round robin", null],
      ["least request", "least-request"],
    ],
  },
  "ring-hash": {
    chart: "shares-by-arm",
    panels: [
      ["ring hash, minimum_ring_size 8", "8"],
      ["ring hash, minimum_ring_size 1024 (default)", "1024"],
      ["ring hash, minimum_ring_size 65536", "65536"],
    ],
  },
  maglev: {
    chart: "shares-by-arm",
    panels: [
      ["Maglev", "maglev"],
      ["Maglev, hash_balance_factor 120", "bounded"],
    ],
  },
  subset: {
    chart: "requests-by-arm",
    panels: [
      ["round robin without subsets", null],
      ["subsets", "subset"],
      ["subsets, healthy_panic_threshold 0", "no-panic"],
    ],
  },
  "client-side-weighted-round-robin": {
    chart: "requests-by-arm",
    panels: [
      ["round robin", null],
      ["client-side weighted round robin", "weighted"],
    ],
  },
  "wrr-locality": {
    chart: "requests-by-arm",
    panels: [
      ["round robin", null],
      ["weighted localities", "wrr-locality"],
    ],
  },
  "load-aware-locality": {
    chart: "requests-by-arm",
    panels: [
      ["round robin", null],
      ["load-aware locality", "load-aware"],
    ],
  },
  "override-host": {
    chart: "requests-by-arm",
    panels: [
      ["round robin", null],
      ["override host, else round robin", "override-host"],
    ],
  },
  "cluster-provided": { chart: "requests-by-arm", panels: [["original destination", null]] },
  "peak-ewma": {
    chart: "requests-by-arm",
    panels: [
      ["round robin", null],
      ["least request", "least-request"],
      ["peak EWMA", "peak-ewma"],
    ],
  },
  aperture: {
    chart: "shares-by-arm",
    panels: [
      ["least request", "least-request"],
      ["aperture, min_aperture 3", "aperture"],
    ],
  },
  rendezvous: {
    chart: "shares-by-arm",
    panels: [
      ["ring hash", "ring-hash"],
      ["Maglev", "maglev"],
      ["rendezvous", "rendezvous"],
    ],
  },
  prequal: {
    chart: "latency-by-arm",
    panels: [
      ["round robin", null],
      ["least request", "least-request"],
      ["Prequal", "prequal"],
    ],
  },
};

/** Runs a page's scenario; problems of any severity are errors here, so that pages show what Envoy would do. */
export function armsOf(page: string): Arm[] {
  const { loaded, problems } = loadScenario(join(folder, "scenarios", `${page}.yaml`), files);
  if (loaded === undefined || problems.length > 0)
    throw new Error(`${page}.yaml: ${problems.map(({ message }) => message).join("; ")}`);
  return pageCharts[page]!.panels.map(([name, variant]) => ({ name, result: simulate(loaded, { variant }) }));
}

/** Runs a page's scenario and draws its chart as SVG, with no more than three decimals in any number. */
export async function drawPageChart(page: string): Promise<string> {
  const wanted = pageCharts[page]!.chart;
  const svg = await drawSvg(chartsOfArms(armsOf(page)).find(({ name }) => name === wanted)!);
  return svg.replace(/\d+\.\d{4,}/g, (number) => String(Number(Number(number).toFixed(3))));
}
