import type { Config } from "vega-lite";

/** Width of the plots in pixels. */
export const plotWidth = 720;

/** Okabe and Ito's colours, which colour-blind readers tell apart; those too pale on white are left out. */
export const palette = ["#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"] as const;

/** For what went well: behind everything else. */
export const calmColour = "#C9D8E6";
/** For all causes or members that have no colour of their own. */
export const otherColour = "#8A8A8A";

/** Colours of p50, p90 and p99, from the common to the rare. */
export const quantileColours = ["#56B4E9", "#0072B2", "#D55E00"] as const;

const ink = "#222222";
const faint = "#DDDDDD";

/** Plain, printable, without any font of its own. */
export const theme: Config = {
  // The drawing as a whole is described; a label for every mark would only make it larger.
  aria: false,
  background: "#FFFFFF",
  padding: 12,
  font: "sans-serif",
  view: { stroke: null },
  title: {
    anchor: "start",
    frame: "group",
    color: ink,
    fontSize: 13,
    fontWeight: 600,
    subtitleColor: "#555555",
    subtitleFontSize: 12,
    offset: 6,
  },
  axis: {
    labelColor: ink,
    titleColor: ink,
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: "normal",
    gridColor: faint,
    domainColor: "#888888",
    tickColor: "#888888",
  },
  axisX: { grid: false },
  axisY: { minExtent: 40, maxExtent: 260, domain: false, ticks: false },
  legend: {
    orient: "top",
    direction: "horizontal",
    labelColor: ink,
    labelFontSize: 11,
    labelLimit: 300,
    symbolStrokeWidth: 3,
    title: null,
    offset: 4,
  },
  concat: { spacing: 10 },
};
