/** How far a time limit may be reduced: to a time, or to a share of itself (0 to 1). */
export type LeastTimeout =
  | { readonly kind: "time"; readonly least: number }
  | { readonly kind: "share"; readonly least: number };

/** A time limit while an overload action acts so far, 0 to 1 (Envoy 1.40, source/common/event/scaled_range_timer_manager_impl.cc). */
export function scaledTimeout(full: number, minimum: LeastTimeout, state: number): number {
  const least = minimum.kind === "time" ? Math.min(minimum.least, full) : minimum.least * full;
  return least + (full - least) * (1 - state);
}
