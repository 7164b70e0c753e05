/**
 * Whether another connection should be opened: the streams that are pending and active, times the ratio, exceed
 * the streams that the connections can carry. With a ratio of 1: whether more wait than have room.
 * (Envoy 1.40, ConnPoolImplBase::shouldConnect; it reckons in single precision.)
 */
export function wantsConnection(pending: number, active: number, capacity: number, ratio: number): boolean {
  if (ratio === 1) return pending > capacity;
  return Math.fround((pending + active) * Math.fround(ratio)) > Math.fround(capacity + active);
}
