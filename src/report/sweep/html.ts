import { html, type Markup, table } from "../html/markup.ts";
import { noteSection } from "../html/notes.ts";
import { type DrawnChart, figure, page } from "../html.ts";
import { countText, ruleText } from "./map-texts.ts";
import { countReplications, type SweepReport, titleOf } from "./sweep-report.ts";

/** `report.html` of a sweep: one self-contained page with the charts, each with its table. */
export function formatSweepHtml(report: SweepReport, charts: readonly DrawnChart[]): string {
  const { grid, seed, version, repeat, notes, map, replications } = report;
  const title = `${titleOf(report)}: ${grid.axes.map(({ path }) => path).join(" × ")}`;
  const body = html`<header>
<h1>${title}</h1>
${map === undefined ? null : html`<p class="verdict">${countText(map)}</p>\n<p>${ruleText(map)}</p>\n`}
<p class="faint">${grid.points.length} points, ${countReplications(replications)} each, from seed ${seed}, meshsim ${version}</p>
<p>This sweep again:</p>
<pre>${repeat.join(" ")}</pre>
</header>
<main>
${charts.map(figure)}${expectationSection(report)}${noteSection(notes)}</main>`;
  return page(title, body);
}

function expectationSection({ grid, comparison: { arms } }: SweepReport): Markup {
  const failing = arms.flatMap(({ expectations }, at) =>
    expectations
      .filter(({ held, n }) => held < n)
      .map(({ text, held, n }) => [grid.points[at]!.name, html`<code>${text}</code>`, `${held} of ${n}`]),
  );
  if (failing.length === 0) return html``;
  return html`<section>
<h2>Expectations that do not hold everywhere</h2>
${table(["settings", "expected", "holds in"], failing)}
</section>
`;
}
