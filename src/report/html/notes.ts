import type { Problem } from "../../decode/problem.ts";
import { html, type Markup, table } from "./markup.ts";

/** Warnings and notes of the load, all of them, such as configuration that the run did not model. */
export function noteSection(notes: readonly Problem[]): Markup {
  if (notes.length === 0) return html``;
  const rows = notes.map(({ severity, code, path, message, remedy, location }) => [
    severity,
    code,
    html`<code>${path}</code>`,
    remedy === "" ? message : `${message}; ${remedy}`,
    `${location.file}:${location.line}`,
  ]);
  return html`<section>
<h2>Warnings and notes</h2>
${table(["", "code", "path", "text", "file"], rows)}
</section>
`;
}
