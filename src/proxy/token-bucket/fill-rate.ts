/** Envoy's slowest rate: one token a year. */
const SLOWEST = 1 / 31_536_000;

/** The rate, in tokens a second, that Envoy's buckets take a configured one for. */
export function fillRateOf(rate: number): number {
  return Math.max(Math.abs(rate), SLOWEST);
}
