import { MILLISECOND, type Nanoseconds } from "../../kernel/time.ts";
import type { Random64 } from "../../random/random64.ts";

/** Envoy's `--drain-strategy`. */
export type DrainStrategy = "gradual" | "immediate";

/** `Listener.drain_type`: only `DEFAULT` also heeds that the process fails its health check. */
export type DrainType = "DEFAULT" | "MODIFY_ONLY";

/** What decides whether a connection is closed for draining, at one instant. */
export interface Draining {
  readonly type: DrainType;
  readonly hasFailedHealthCheck: boolean;
  /** Null: only the health check counts, the listener is not being drained. */
  readonly sequence: DrainProgress | null;
}

/** How far a drain sequence has come. */
export interface DrainProgress {
  readonly strategy: DrainStrategy;
  /** Whole seconds since its beginning. */
  readonly elapsed: number;
  /** Whole seconds after which every connection is closed that is asked about. */
  readonly ramp: number;
}

/**
 * Whether a connection is to be closed with what is being sent on it: the more likely the longer draining has gone on, in
 * whole seconds. Draws once where that is open (Envoy 1.40, shouldDrainClose() in
 * source/common/network/drain_close_util.cc).
 */
export function closesOnDrain({ type, hasFailedHealthCheck, sequence }: Draining, random: Random64): boolean {
  if (type === "DEFAULT" && hasFailedHealthCheck) return true;
  if (sequence === null) return false;
  const { strategy, elapsed, ramp } = sequence;
  if (strategy === "immediate" || elapsed >= ramp) return true;
  random.draw("whether draining closes");
  return elapsed > random.mod(ramp);
}

/** Part of the drain time before which no connection is closed of which nothing is asked. */
const WINDOW_START = 2 / 3;

/**
 * How long a connection that hears of a drain sequence waits before it ends by itself, so that those of a listener do not
 * all end at once: uniformly in the last third of the drain time, so that `grace`, the time that its end takes, is left.
 * 0: it does not, for the window is empty or has begun. Draws once where there is a window. In whole milliseconds
 * (Envoy 1.40, proactiveDrainDelay() in source/common/network/drain_close_util.cc).
 */
export function proactiveDrainDelay(
  drainTime: Nanoseconds,
  elapsed: Nanoseconds,
  grace: Nanoseconds,
  random: Random64,
): Nanoseconds {
  const [total, passed] = [drainTime / MILLISECOND, Math.trunc(elapsed / MILLISECOND)];
  const from = Math.trunc(total * WINDOW_START);
  const span = total - Math.trunc(grace / MILLISECOND) - from;
  if (span <= 0 || passed >= from) return 0;
  random.draw("when draining ends an idle connection");
  return (from + random.mod(span) - passed) * MILLISECOND;
}
