import { html, type Markup, table } from "../html/markup.ts";
import { noteSection } from "../html/notes.ts";
import { type DrawnChart, figure, page } from "../html.ts";
import { closingSentences } from "./closing.ts";
import type { ComparisonReport, FirstDifferenceReport } from "./comparison-report.ts";
import { describeDifference, formatEstimate, formatGroups } from "./estimates.ts";
import { requestName, storyLines } from "./story-lines.ts";

/** `report.html` of a comparison: one self-contained page with the tables, the stories and the charts. */
export function formatComparisonHtml(report: ComparisonReport, charts: readonly DrawnChart[]): string {
  const { scenario, comparison, seed, version, repeat, notes, firstDifferences, missedPrecision } = report;
  const missed = missedPrecision === undefined ? "" : `, not yet precise to ${missedPrecision},`;
  const title = `${scenario}: ${comparison.arms.map(({ name }) => name).join(", ")}`;
  const body = html`<header>
<h1>${title}</h1>
${closingSentences(comparison).map((line) => html`<p class="verdict">${line}</p>\n`)}
<p class="faint">${comparison.arms[0]!.n} replications${missed} from seed ${seed}, meshsim ${version}; mean ± half of the 95% interval</p>
<p>This comparison again:</p>
<pre>${repeat.join(" ")}</pre>
</header>
<main>
${metricSection(report)}${charts.map(figure)}
${expectationSection(report)}${storySection(firstDifferences)}${noteSection(notes)}</main>`;
  return page(title, body);
}

function metricSection({ comparison: { arms, metrics } }: ComparisonReport): Markup {
  const values = metrics.map(({ text, unit, arms: own }) => [
    html`<code>${text}</code>`,
    ...own.map(({ interval, groups }) =>
      groups === undefined ? formatEstimate(interval, unit) : formatGroups(groups, unit),
    ),
  ]);
  const differences = metrics.map(({ text, unit, differences: own }) => [
    html`<code>${text}</code>`,
    ...own.map((difference) => describeDifference(difference, unit)),
  ]);
  const names = arms.map(({ name }) => name);
  return html`<section>
<h2>Metrics</h2>
${table(["metric", ...names], values)}
<h2>Differences from ${names[0]!}</h2>
<p class="faint">By replication, under the same arrivals, work and faults.</p>
${table(["metric", ...names.slice(1)], differences)}
</section>
`;
}

function expectationSection({ comparison }: ComparisonReport): Markup {
  const rows = comparison.arms.flatMap(({ name, expectations }) =>
    expectations.map(({ text, held, n }) => [
      held === n ? html`<span class="pass">✔</span>` : html`<span class="fail">✘</span>`,
      name,
      html`<code>${text}</code>`,
      `${held} of ${n}`,
    ]),
  );
  if (rows.length === 0) return html``;
  return html`<section>
<h2>Expectations</h2>
${table(["", "variant", "expected", "holds in"], rows)}
</section>
`;
}

function storySection(differences: readonly FirstDifferenceReport[]): Markup {
  if (differences.length === 0) return html``;
  return html`<section>
<h2>The first requests whose fate differs</h2>
<p class="faint">In replication 0; times count from the instant at which the request was wanted.</p>
${differences.map(story)}</section>
`;
}

function story({ of, from, first }: FirstDifferenceReport): Markup {
  const told = first.outcome ?? first.host;
  if (told === undefined) return html`<p>${of}: every request ends as in ${from}; only times differ.</p>\n`;
  const what = first.outcome === undefined ? ", which goes to another host" : "";
  return html`<h3>${of}: ${requestName(told.from)}${what}</h3>
<p>${from}</p>
<pre>${storyLines(told.from).join("\n")}</pre>
<p>${of}</p>
<pre>${storyLines(told.of).join("\n")}</pre>
`;
}
