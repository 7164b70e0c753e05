import type { CaseContent, Place } from "../case.ts";
import type { Draw } from "../draw.ts";
import { drawHash } from "./hash/hash.ts";
import { drawPriority } from "./priority.ts";
import { drawRoutes } from "./routes/routes.ts";
import { drawWeighted } from "./weighted.ts";

/** A kind of case: how one is made, and how many of them an Envoy serves. */
export interface Kind {
  readonly make: (draw: Draw, place: Place, number: number) => CaseContent;
  /** Cases in one Envoy. */
  readonly batch: number;
  /** Cases that send requests at the same time. */
  readonly atOnce: number;
}

export const KINDS: Readonly<Record<string, Kind>> = {
  routes: { make: drawRoutes, batch: 40, atOnce: 4 },
  hash: { make: drawHash, batch: 60, atOnce: 4 },
  weighted: { make: drawWeighted, batch: 60, atOnce: 4 },
  priority: { make: drawPriority, batch: 40, atOnce: 4 },
};
