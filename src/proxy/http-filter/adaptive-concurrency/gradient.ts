import type { Random64 } from "../../../random/random64.ts";
import type { GradientSettings } from "./gradient-settings.ts";

/** Latency by which the limit changes, at the least and at the most by a factor of 2. */
const LEAST_GRADIENT = 0.5;
const LARGEST_GRADIENT = 2;

export interface NewLimit {
  readonly gradient: number;
  /** What the limit may exceed load by, so that it can grow. */
  readonly headroom: number;
  readonly limit: number;
}

/**
 * The limit that follows from a window's latency (Envoy 1.40,
 * source/extensions/filters/http/adaptive_concurrency/controller/gradient_controller.cc): L = limit * gradient,
 * new limit = L + sqrt(L) without its fraction, within bounds. Round trips are whole microseconds.
 */
export function nextLimit(
  { buffer, minLimit, maxLimit }: Pick<GradientSettings, "buffer" | "minLimit" | "maxLimit">,
  limit: number,
  minRtt: number,
  sampleRtt: number,
): NewLimit {
  const raw = (minRtt + minRtt * buffer) / sampleRtt;
  const gradient = Math.max(LEAST_GRADIENT, Math.min(LARGEST_GRADIENT, raw));
  const grown = limit * gradient;
  const headroom = Math.sqrt(grown);
  return {
    gradient,
    headroom,
    limit: Math.max(minLimit, Math.min(maxLimit, Math.trunc(grown + headroom))),
  };
}

/** Milliseconds until the next measurement of the least latency; one draw unless there is no jitter. */
export function minRttDelayMs(intervalMs: number, jitter: number, random: Random64): number {
  if (jitter === 0) return intervalMs;
  random.draw("jitter");
  return intervalMs + random.mod(Math.ceil(intervalMs * jitter));
}
