/** A piece of HTML in which everything that came from outside is escaped. */
export class Markup {
  readonly html: string;

  constructor(html: string) {
    this.html = html;
  }
}

type Value = string | number | null | Markup | readonly Markup[];

/** A template of HTML: texts and numbers put into it are escaped, markup is taken as it is, null is nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(parts.reduce((text, part, index) => text + toHtml(values[index - 1] ?? null) + part));
}

function toHtml(value: Value): string {
  if (value === null) return "";
  if (value instanceof Markup) return value.html;
  if (typeof value === "object") return value.map((item) => item.html).join("");
  return escapeHtml(String(value));
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}

/** A cell: a text stands to the left, a number to the right, null is a dash. */
export type Cell = string | number | null | Markup;

/** A table with a scroll bar of its own where it is wider than the page. */
export function table(titles: readonly string[], rows: readonly (readonly Cell[])[], caption = ""): Markup {
  const isNumeric = titles.map((_, column) => rows.every((row) => looksNumeric(row[column] ?? null)));
  const side = (column: number) => new Markup(isNumeric[column] ? ' class="number"' : "");
  return html`<div class="scroll"><table>
${caption === "" ? null : html`<caption>${caption}</caption>\n`}<thead><tr>${titles.map(
    (title, column) => html`<th scope="col"${side(column)}>${title}</th>`,
  )}</tr></thead>
<tbody>
${rows.map(
  (row) => html`<tr>${row.map((cell, column) => html`<td${side(column)}>${cell ?? "–"}</td>`)}</tr>
`,
)}</tbody>
</table></div>`;
}

function looksNumeric(cell: Cell): boolean {
  return (
    cell === null ||
    typeof cell === "number" ||
    (typeof cell === "string" && /^([<>]?\d|-$|none$)/.test(cell))
  );
}
