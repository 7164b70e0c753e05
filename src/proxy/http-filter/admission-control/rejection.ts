import pow from "@stdlib/math-base-special-pow";
import type { Random64 } from "../../../random/random64.ts";
import type { AdmissionControlSettings } from "./admission-control-settings.ts";

/** Envoy decides to four digits. */
const ACCURACY = 10_000;

/**
 * How probable a rejection is (Envoy 1.40, source/extensions/filters/http/admission_control/admission_control.cc):
 * with n requests, s successes and threshold t, ((n - s / t) / (n + 1)) ^ (1 / aggression), at most the configured
 * maximum. At 0 or below nothing is rejected.
 */
export function rejectionProbability(
  {
    threshold,
    aggression,
    maxProbability,
  }: Pick<AdmissionControlSettings, "threshold" | "aggression" | "maxProbability">,
  requests: number,
  successes: number,
): number {
  const linear = (requests - successes / threshold) / (requests + 1);
  if (linear <= 0) return Math.min(linear, maxProbability);
  return Math.min(aggression === 1 ? linear : pow(linear, 1 / aggression), maxProbability);
}

/** One draw. */
export function isRejected(probability: number, random: Random64): boolean {
  random.draw("whether it is rejected");
  return ACCURACY * Math.max(probability, 0) > random.mod(ACCURACY);
}
