import { MILLISECOND, type Nanoseconds } from "../../kernel/time.ts";
import type { Random64 } from "../../random/random64.ts";
import type { OutlierOptions } from "./outlier-options.ts";
import type { Sentence } from "./sentence.ts";

/** Whether one more of `hosts` (over all priorities) may be ejected when `active` are. */
export function mayEject(options: OutlierOptions, active: number, hosts: number): boolean {
  if (options.alwaysEjectOneHost && active === 0) return true;
  return (100 * (active + 1)) / hosts <= options.maxEjectionPercent;
}

/** Envoy's integer runtime percent: 0 and 100 are certain and draw nothing. */
export function isEnabled(percent: number, random: Random64): boolean {
  if (percent <= 0) return false;
  if (percent >= 100) return true;
  random.draw("whether the ejection is enforced");
  return random.mod(100) < percent;
}

/** Both ends of the range are possible; drawn even where the only outcome is 0. */
export function drawJitter(options: OutlierOptions, random: Random64): Nanoseconds {
  random.draw("ejection jitter in ms");
  return random.mod(options.maxEjectionTimeJitterMs + 1) * MILLISECOND;
}

/** The cap lets the multiplier pass the longest ejection by one step. */
export function nextMultiplier(options: OutlierOptions, multiplier: number): number {
  const { baseEjectionTime, maxEjectionTime } = options;
  return multiplier * baseEjectionTime < maxEjectionTime + baseEjectionTime ? multiplier + 1 : multiplier;
}

/** Whether what a sentence has brought upon a host is over; looked at only in sweeps. */
export function isOver(
  options: OutlierOptions,
  { multiplier, startedAt }: Sentence,
  jitter: Nanoseconds,
  now: Nanoseconds,
): boolean {
  const { baseEjectionTime, maxEjectionTime } = options;
  return now - startedAt! >= Math.min(baseEjectionTime * multiplier, maxEjectionTime) + jitter;
}

/** Whether a host that serves none has been free of it for an interval since the last one ended. */
export function decays(options: OutlierOptions, sentence: Sentence, now: Nanoseconds): boolean {
  return (
    sentence.multiplier > 0 && sentence.endedAt !== undefined && now - sentence.endedAt >= options.interval
  );
}
