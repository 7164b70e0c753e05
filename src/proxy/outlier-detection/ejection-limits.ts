import { MILLISECOND, type Nanoseconds } from "../../kernel/time.ts";
import type { Random64 } from "../../random/random64.ts";
import type { HostMonitor } from "./host-monitor.ts";
import type { OutlierOptions } from "./outlier-options.ts";

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

/** Whether an ejected host has served its time; looked at only in sweeps. */
export function isOver(options: OutlierOptions, monitor: HostMonitor, now: Nanoseconds): boolean {
  const { baseEjectionTime, maxEjectionTime } = options;
  const length = Math.min(baseEjectionTime * monitor.multiplier, maxEjectionTime) + monitor.jitter;
  return now - monitor.lastEjection! >= length;
}

/** Whether a host in service has been so for an interval since it was last ejected. */
export function decays(options: OutlierOptions, monitor: HostMonitor, now: Nanoseconds): boolean {
  return (
    monitor.multiplier > 0 &&
    monitor.lastUnejection !== undefined &&
    now - monitor.lastUnejection >= options.interval
  );
}
