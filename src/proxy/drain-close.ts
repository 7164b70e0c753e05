import { type Nanoseconds, SECOND } from "../kernel/time.ts";
import type { Random64 } from "../random/random64.ts";

/** A listener that is being taken out of service, at one instant. */
export interface Draining {
  /** `Listener.drain_type`: only `DEFAULT` also heeds that the process has failed its health check. */
  readonly type: "DEFAULT" | "MODIFY_ONLY";
  /** Whether the process answers its own health checks with failure. */
  readonly hasFailedHealthCheck: boolean;
  /** Undefined: only the health check counts, nobody drains. */
  readonly drain:
    | {
        readonly strategy: "gradual" | "immediate";
        /** How long draining takes as a whole, and until when it goes on: 0 or less, it is over. */
        readonly time: Nanoseconds;
        readonly remaining: Nanoseconds;
      }
    | undefined;
}

/**
 * Whether a connection is to be closed with the answer that is being sent: the more likely the longer draining
 * has gone on, in whole seconds. Draws once where that is open (Envoy 1.40, DrainManagerImpl::drainClose in
 * source/server/drain_manager_impl.cc).
 */
export function closesOnDrain({ type, hasFailedHealthCheck, drain }: Draining, random: Random64): boolean {
  if (type === "DEFAULT" && hasFailedHealthCheck) return true;
  if (drain === undefined) return false;
  if (drain.strategy === "immediate" || drain.remaining <= 0) return true;
  const whole = Math.trunc(drain.time / SECOND);
  if (whole === 0) return true;
  random.draw("whether draining closes");
  return whole - Math.trunc(drain.remaining / SECOND) > random.mod(whole);
}
