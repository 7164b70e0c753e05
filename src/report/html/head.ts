import { formatCount, formatMetric, formatTime } from "../figures.ts";
import type { RunReport } from "../run-report.ts";
import { explainFailure } from "../worst-moment.ts";
import { html, type Markup, table } from "./markup.ts";

/** Name, verdict, which run it is and how to repeat it. */
export function headSection(report: RunReport): Markup {
  const { result, version } = report;
  const variant =
    result.variant === null ? null : html` <span class="faint">variant ${result.variant}</span>`;
  const warmup =
    result.warmup === 0 ? "" : ` of virtual time, the first ${formatTime(result.warmup)} warm-up`;
  return html`<header>
<h1>${result.scenario}${variant}</h1>
${verdictLine(report)}
<p class="faint">seed ${result.seed}, ${formatTime(result.duration)}${warmup}, ${formatCount(result.events)} events, meshsim ${version}<br>
<code>${result.digest}</code></p>
<p>This run again:</p>
<pre>${report.repeat.join(" ")}</pre>
</header>
`;
}

function verdictLine({ verdicts, planned, result }: RunReport): Markup {
  if (planned !== undefined) {
    const span = `${formatTime(result.duration)} of ${formatTime(planned)}`;
    return html`<p class="verdict fail">Interrupted after ${span} of virtual time; expectations were not judged.</p>`;
  }
  const failed = verdicts.filter(({ pass }) => !pass).length;
  if (verdicts.length === 0) return html`<p class="verdict">Nothing was expected.</p>`;
  if (failed > 0)
    return html`<p class="verdict fail">✘ ${failed} of ${verdicts.length} expectations failed.</p>`;
  return html`<p class="verdict pass">✔ All ${verdicts.length} expectations hold.</p>`;
}

/** Each expectation with its actual value, and for those that failed by how much and when. */
export function expectationSection({ verdicts, result }: RunReport): Markup {
  if (verdicts.length === 0) return html``;
  const rows = verdicts.map((verdict) => [
    verdict.pass ? html`<span class="pass">✔ holds</span>` : html`<span class="fail">✘ fails</span>`,
    html`<code>${verdict.text}</code>`,
    formatMetric(verdict.actual, verdict.unit),
    verdict.pass ? "" : explainFailure(verdict, result),
  ]);
  return html`<section>
<h2>Expectations</h2>
${table(["", "expected", "actual", ""], rows)}
</section>
`;
}
