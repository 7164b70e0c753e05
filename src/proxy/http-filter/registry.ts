import { adaptiveConcurrency } from "./adaptive-concurrency/config.ts";
import { admissionControl } from "./admission-control/config.ts";
import { bandwidthLimit } from "./bandwidth-limit/config.ts";
import { dynamicForwardProxy } from "./dynamic-forward-proxy/config.ts";
import { fault } from "./fault/config.ts";
import { healthCheck } from "./health-check/config.ts";
import type { HttpFilterKind } from "./http-filter.ts";
import { localRateLimit } from "./local-rate-limit/config.ts";
import { rateLimit } from "./rate-limit/config.ts";

/** Every HTTP filter that shapes traffic and is simulated. */
export const httpFilterKinds: readonly HttpFilterKind[] = [
  fault,
  localRateLimit,
  rateLimit,
  healthCheck,
  admissionControl,
  adaptiveConcurrency,
  bandwidthLimit,
  dynamicForwardProxy,
];
