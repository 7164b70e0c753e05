import type { CaseContent, Place } from "../case.ts";
import type { Draw } from "../draw.ts";
import { drawBreakers } from "./breakers.ts";
import { drawEnforcement } from "./enforcement.ts";
import { drawFailures } from "./failures.ts";
import { drawFilters } from "./filters/filters.ts";
import { drawHash } from "./hash/hash.ts";
import { drawHealth } from "./health/health.ts";
import { drawOutliers } from "./outliers.ts";
import { drawPriority } from "./priority.ts";
import { drawRetries } from "./retries/retries.ts";
import { drawRoutes } from "./routes/routes.ts";
import { drawSpread } from "./spread.ts";
import { drawSubsets } from "./subsets.ts";
import { drawSweeps } from "./sweeps/sweeps.ts";
import { drawChains } from "./tcp/chains.ts";
import { drawTcp } from "./tcp/tcp.ts";
import { drawWeighted } from "./weighted.ts";
import { drawZones } from "./zones.ts";

/** A kind of case: how one is made, and how many of them an Envoy serves. */
export interface Kind {
  readonly make: (draw: Draw, place: Place) => CaseContent;
  /** Cases in one Envoy. */
  readonly batch: number;
  /** Cases that send requests at the same time. */
  readonly atOnce: number;
  /** Timers that begin with Envoy decide: a case that is recorded again has an Envoy of its own. */
  readonly beginsWithEnvoy?: boolean;
}

export const KINDS: Readonly<Record<string, Kind>> = {
  routes: { make: drawRoutes, batch: 40, atOnce: 4 },
  hash: { make: drawHash, batch: 60, atOnce: 4 },
  weighted: { make: drawWeighted, batch: 60, atOnce: 4 },
  priority: { make: drawPriority, batch: 40, atOnce: 4 },
  spread: { make: drawSpread, batch: 40, atOnce: 4 },
  zones: { make: drawZones, batch: 1, atOnce: 1 },
  retries: { make: drawRetries, batch: 32, atOnce: 8 },
  failures: { make: drawFailures, batch: 32, atOnce: 8 },
  breakers: { make: drawBreakers, batch: 12, atOnce: 6 },
  outliers: { make: drawOutliers, batch: 24, atOnce: 4 },
  subsets: { make: drawSubsets, batch: 40, atOnce: 4 },
  filters: { make: drawFilters, batch: 32, atOnce: 8 },
  tcp: { make: drawTcp, batch: 24, atOnce: 8 },
  chains: { make: drawChains, batch: 40, atOnce: 4 },
  enforcement: { make: drawEnforcement, batch: 6, atOnce: 6, beginsWithEnvoy: true },
  sweeps: { make: drawSweeps, batch: 3, atOnce: 3, beginsWithEnvoy: true },
  health: { make: drawHealth, batch: 8, atOnce: 8, beginsWithEnvoy: true },
};
