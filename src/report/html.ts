import type { Chart } from "./charts/chart.ts";
import { expectationSection, headSection } from "./html/head.ts";
import { html, Markup, table } from "./html/markup.ts";
import { noteSection } from "./html/notes.ts";
import {
  clientSection,
  ejectionSection,
  faultSection,
  proxySection,
  serviceSection,
} from "./html/results.ts";
import { stylesheet } from "./html/stylesheet.ts";
import type { RunReport } from "./run-report.ts";

export interface DrawnChart {
  readonly chart: Chart;
  /** As `drawSvg` gives it. */
  readonly svg: string;
}

/** No script, nothing from elsewhere: the page is the file. Styles are inline in it and in the charts. */
const contentPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * `report.html`: one self-contained page with the verdict, the tables and the charts of a run, which opens
 * without a network, prints, and follows the reader's choice of a light or dark page.
 */
export function formatHtml(report: RunReport, charts: readonly DrawnChart[]): string {
  const { result } = report;
  const title = result.variant === null ? result.scenario : `${result.scenario}, variant ${result.variant}`;
  return page(
    title,
    html`${headSection(report)}
<main>
${expectationSection(report)}${clientSection(result)}${faultSection(result)}<section>
<h2>Over time</h2>
${charts.map(figure)}</section>
${serviceSection(result)}${proxySection(result)}${ejectionSection(result)}${noteSection(report.notes)}</main>`,
  );
}

/** A page around what it shows. */
export function page(title: string, body: Markup): string {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – meshsim</title>
<style>${new Markup(stylesheet)}</style>
</head>
<body>
${body}
</body>
</html>
`.html;
}

/** A chart, with the table that says the same folded away. */
export function figure({ chart, svg }: DrawnChart): Markup {
  return html`<figure>
${new Markup(svg.trimEnd())}
<details><summary>${chart.title} as a table</summary>
${table(chart.table.titles, chart.table.rows)}
</details>
</figure>
`;
}
