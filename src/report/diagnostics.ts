import type { Problem } from "../decode/problem.ts";
import type { SourceFile } from "../decode/source-file.ts";
import type { Style } from "./style.ts";

const MAX_EXCERPT = 120;

/**
 * Problems as a compiler shows them: `FILE:LINE:COLUMN: error: TEXT`, the line with carets under the offending
 * text, and the remedy. They come sorted; `sources` are the files by the name that locations use.
 */
export function formatDiagnostics(
  problems: readonly Problem[],
  sources: ReadonlyMap<string, SourceFile>,
  style: Style,
): string {
  return problems.map((problem) => formatProblem(problem, sources, style)).join("");
}

function formatProblem(problem: Problem, sources: ReadonlyMap<string, SourceFile>, style: Style): string {
  const { severity, message, remedy, location } = problem;
  const { file, line, column } = location;
  const paint = severity === "error" ? style.bad : severity === "warning" ? style.warn : style.dim;
  const head = `${style.bold(`${file}:${line}:${column}:`)} ${paint(`${severity}:`)} ${message}\n`;
  const source = sources.get(file);
  const hint = remedy === "" ? "" : `      ${style.dim("=")} ${remedy}\n`;
  return head + (source === undefined ? "" : excerpt(problem, source.line(line), style)) + hint;
}

/** The line, cut where it is very long, and carets below the offending characters. */
function excerpt({ location, severity }: Problem, text: string, style: Style): string {
  const { line, column, length } = location;
  const skipped = Math.max(0, column - 1 - MAX_EXCERPT / 2);
  const shown = text.slice(skipped, skipped + MAX_EXCERPT);
  const before = text.slice(skipped, column - 1).replace(/[^\t]/g, " ");
  const carets = "^".repeat(Math.max(1, Math.min(length, shown.length - before.length)));
  const number = String(line).padStart(4);
  const paint = severity === "error" ? style.bad : style.warn;
  return `${style.dim(`${number} |`)} ${shown}\n${style.dim("     |")} ${before}${paint(carets)}\n`;
}
