import type { Location } from "../decode/problem.ts";
import type { Span } from "../decode/text-node.ts";

/** Where the parts of a configuration were written, by canonical path. */
export class Positions {
  readonly #spans = new Map<string, Span>();
  readonly #otherwise: (path: string) => Location;

  /** `otherwise` tells the place of what neither has a place here nor anything around it. */
  constructor(otherwise: (path: string) => Location) {
    this.#otherwise = otherwise;
  }

  set(path: string, span: Span): void {
    this.#spans.set(path, span);
  }

  /** The location of a path, or of the nearest message around it that was written somewhere. */
  locate(path: string): Location {
    for (let at = path; at !== ""; at = parentPath(at)) {
      const span = this.#spans.get(at);
      if (span !== undefined) return span.location;
    }
    return this.#otherwise(path);
  }
}

/** The path without its last step; keys of maps may hold dots, which costs only more steps. */
function parentPath(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("."), path.lastIndexOf("[")));
}

export function fieldPath(path: string, field: string): string {
  return path === "" ? field : `${path}.${field}`;
}

/** The canonical path of these steps. */
export function pathOf(steps: readonly (string | number)[]): string {
  return steps.reduce<string>(
    (path, step) => (typeof step === "number" ? `${path}[${step}]` : fieldPath(path, step)),
    "",
  );
}
