import { formatDuration, parseDuration } from "../decode/quantity.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import type { ScenarioDocument } from "./document.ts";
import type { Window } from "./expectation.ts";
import { type Flaw, flaw } from "./schema/flaw.ts";

/** How long the run is; undefined where that cannot be read, which is reported elsewhere. */
export function durationOf(document: ScenarioDocument): Nanoseconds | undefined {
  const written = document.at(["duration"]);
  const duration = written === undefined ? undefined : parseDuration(written);
  return duration?.ok === true ? duration.value : undefined;
}

/**
 * Clients want requests before the end of the run only: a window that begins later is always empty, one that ends later
 * counts what there is up to the end. The run can be made all the same, so this is worth a warning.
 */
export function checkWindow(text: string, { from, to }: Window, duration: Nanoseconds): Flaw | undefined {
  if (to <= duration) return undefined;
  const start = text.search(/from\s+\S+\s+to\s+\S+\s*$/);
  const window = text.slice(start).trimEnd();
  const end = formatDuration(duration);
  const place = { start, end: start + window.length };
  if (from < duration) {
    const message = `"${window}" reaches beyond the end of the run at ${end}: it counts what is wanted until then`;
    return flaw("window-after-end", message, { ...place, remedy: `write to ${end}` });
  }
  const message = `"${window}" begins when the run of ${end} is over, so no request can be in it`;
  const remedy = `choose a window before ${end}, or make duration longer`;
  return flaw("window-after-end", message, { ...place, remedy });
}
