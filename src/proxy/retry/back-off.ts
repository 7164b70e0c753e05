/**
 * The interval that follows `current` in Envoy's exponential back-off: twice as long up to `max`
 * (Envoy 1.40, JitteredExponentialBackOffStrategy in source/common/common/backoff_strategy.cc).
 */
export function nextIntervalMs(current: number, max: number): number {
  return current < Math.floor(max / 2) ? current * 2 : max;
}
