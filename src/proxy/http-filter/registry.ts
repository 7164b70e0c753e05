import { fault } from "./fault/config.ts";
import { healthCheck } from "./health-check/config.ts";
import type { HttpFilterKind } from "./http-filter.ts";
import { localRateLimit } from "./local-rate-limit/config.ts";

/** Every HTTP filter that shapes traffic and is simulated. */
export const httpFilterKinds: readonly HttpFilterKind[] = [fault, localRateLimit, healthCheck];
