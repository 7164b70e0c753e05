import type { Problem } from "../decode/problem.ts";
import type { SourceFile } from "../decode/source-file.ts";
import { formatDiagnostics } from "../report/diagnostics.ts";
import { styleFor } from "./colour.ts";

/** Writes problems to standard error, and how many errors there are. */
export function showProblems(
  problems: readonly Problem[],
  sources: ReadonlyMap<string, SourceFile>,
  color: boolean | undefined,
): void {
  process.stderr.write(formatDiagnostics(problems, sources, styleFor("stderr", color)));
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const count = errors > 0 ? `${errors} ${errors === 1 ? "error" : "errors"}` : "refused by --strict";
  process.stderr.write(`${count}\n`);
}
