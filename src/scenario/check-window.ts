import { formatDuration, parseDuration } from "../decode/quantity.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import type { ScenarioDocument } from "./document.ts";
import type { Window } from "./expectation.ts";
import { type Flaw, flaw } from "./schema/flaw.ts";

/** How long the run is that expectations are about, and who says so. */
export interface RunLength {
  readonly duration: Nanoseconds;
  /** Whether the command line says it: then a window that does not fit is no mistake of the file. */
  readonly isGivenOutside: boolean;
}

/** Undefined where the duration cannot be read, which is reported elsewhere. */
export function runLengthOf(document: ScenarioDocument): RunLength | undefined {
  const written = document.at(["duration"]);
  const duration = written === undefined ? undefined : parseDuration(written);
  if (duration?.ok !== true) return undefined;
  return {
    duration: duration.value,
    isGivenOutside: document.locate(["duration"]).file !== document.file.name,
  };
}

/** What is wrong with a window, and whether the scenario can be run all the same. */
export type WindowFlaw = Flaw & { readonly severity: "error" | "warning" };

/**
 * Clients want requests before the end of the run only. A window that begins later is always empty, so its expectation would
 * be about nothing; one that ends later counts what there is up to the end.
 */
export function checkWindow(
  text: string,
  { from, to }: Window,
  { duration, isGivenOutside }: RunLength,
): WindowFlaw | undefined {
  if (to <= duration) return undefined;
  const start = text.search(/from\s+\S+\s+to\s+\S+\s*$/);
  const window = text.slice(start).trimEnd();
  const end = formatDuration(duration);
  const place = { start, end: start + window.length };
  if (from < duration) {
    const message = `"${window}" reaches beyond the end of the run at ${end}: it counts what is wanted until then`;
    return {
      ...flaw("window-after-end", message, { ...place, remedy: `write to ${end}` }),
      severity: "warning",
    };
  }
  const message = `"${window}" begins when the run of ${end} is over, so no request can be in it`;
  const remedy = `choose a window before ${end}, or make duration longer`;
  return {
    ...flaw("window-after-end", message, { ...place, remedy }),
    severity: isGivenOutside ? "warning" : "error",
  };
}
