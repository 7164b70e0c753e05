/** A place in a file; line and column count from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Characters to underline; at least 1. */
  readonly length: number;
}

export type Severity = "error" | "warning" | "note";

/** One thing to tell the user about a file. */
export interface Problem {
  readonly severity: Severity;
  /** Short and stable, such as `unknown-field`; every code has an entry in docs/problems.md. */
  readonly code: string;
  readonly message: string;
  /** What to do about it; empty where the message says it. */
  readonly remedy: string;
  readonly location: Location;
  /** Where it is in the document, such as `clients.web.arrivals` or `clusters[0].name`. */
  readonly path: string;
}

/** Gathers every problem of a load, so that the user sees them all at once. */
export class Problems {
  readonly #list: Problem[] = [];

  add(problem: Problem): void {
    this.#list.push(problem);
  }

  get hasErrors(): boolean {
    return this.#list.some((problem) => problem.severity === "error");
  }

  /** By file, line, column, then code; each only once. */
  sorted(): Problem[] {
    const seen = new Set<string>();
    return [...this.#list].sort(compareProblems).filter((problem) => {
      const { file, line, column } = problem.location;
      const key = `${file}\0${line}\0${column}\0${problem.code}\0${problem.message}`;
      return !seen.has(key) && seen.add(key);
    });
  }
}

function compareProblems(a: Problem, b: Problem): number {
  return (
    compareText(a.location.file, b.location.file) ||
    a.location.line - b.location.line ||
    a.location.column - b.location.column ||
    compareText(a.code, b.code)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
