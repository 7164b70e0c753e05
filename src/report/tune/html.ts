import { formatEstimate } from "../compare/estimates.ts";
import { html, type Markup, table } from "../html/markup.ts";
import { noteSection } from "../html/notes.ts";
import { type DrawnChart, figure, page } from "../html.ts";
import { closing, missText } from "./text.ts";
import { nameOf, satisfies, type TuneReport } from "./tune-report.ts";

/** More rows would make the page slow to open; the others are in tune.csv. */
const mostRows = 200;

/** `report.html` of a search: one self-contained page with the answer, the charts and what was tried. */
export function formatTuneHtml(report: TuneReport, charts: readonly DrawnChart[]): string {
  const { grid, scenarios, variant, version, repeat, notes, candidates, runs, replications, seeds } = report;
  const what = variant === undefined ? scenarios.join(", ") : `${scenarios.join(", ")}, variant ${variant}`;
  const title = `${what}: ${grid.axes.map(({ path }) => path).join(" × ")}`;
  const body = html`<header>
<h1>${title}</h1>
<p class="verdict">${closing(report)}</p>
<p class="faint">${candidates.length} of ${grid.points.length} points tried in ${runs} runs, up to ${replications} replications a point, from seed ${seeds.join(", ")}, meshsim ${version}; cost: ${report.cost.text}, mean ± half of the 95% interval</p>
<p>This search again:</p>
<pre>${repeat.join(" ")}</pre>
</header>
<main>
${charts.map(figure)}${triedSection(report)}${noteSection(notes)}</main>`;
  return page(title, body);
}

function triedSection(report: TuneReport): Markup {
  const shown = report.candidates.slice(0, mostRows);
  const rows = shown.map((candidate) => {
    const { point, cost, misses, n } = candidate;
    const isGood = satisfies(candidate, report);
    const why = misses.map((miss) => missText(report, miss)).join("; ");
    return [
      isGood
        ? html`<span class="pass">✔</span>`
        : html`<span class="fail">${misses.length > 0 ? "✘" : "?"}</span>`,
      nameOf(report, point),
      formatEstimate(cost, report.cost.unit),
      `${n}`,
      why,
    ];
  });
  const left = report.candidates.length - shown.length;
  return html`<section>
<h2>What was tried, the best first</h2>
${table(["", "settings", "cost", "replications", "misses"], rows)}
${left > 0 ? html`<p class="faint">And ${left} more, in tune.csv.</p>\n` : null}</section>
`;
}
