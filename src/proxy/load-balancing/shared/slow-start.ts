import pow from "@stdlib/math-base-special-pow";
import type { Message } from "../../../decode/message.ts";
import { MILLISECOND, type Nanoseconds } from "../../../kernel/time.ts";
import type { Host } from "../../cluster/host.ts";
import type { HostSet } from "../../cluster/priority-set.ts";
import { timerDuration } from "../../cluster/timer-duration.ts";
import { type RuntimeNumber, readRuntimeDouble, runtimeNumber } from "../../runtime/runtime-number.ts";
import type { LoadBalancerDeps } from "../policy.ts";
import { wholePercent } from "./panic.ts";

/** Options of `SlowStartConfig`. */
export interface SlowStartOptions {
  /** Whole milliseconds; 0: off. */
  readonly windowMs: number;
  /** Above 1 the weight rises faster at first; Envoy takes 1 for one that is not above 0. */
  readonly aggression: RuntimeNumber;
  /** The least weight, in percent of the configured one. */
  readonly minWeightPercent: number;
}

export const NO_SLOW_START: SlowStartOptions = {
  windowMs: 0,
  aggression: { key: "", otherwise: 1 },
  minWeightPercent: 10,
};

/** Reads a `SlowStartConfig`, typed or old; defaults of Envoy 1.40 (.../common/v3/common.proto). */
export function readSlowStart(config: Message | undefined): SlowStartOptions {
  if (config === undefined) return NO_SLOW_START;
  const minimum = config.message("min_weight_percent");
  const aggression = config.message("aggression");
  return {
    windowMs: timerDuration(config, "slow_start_window", 0) / MILLISECOND,
    aggression: aggression === undefined ? NO_SLOW_START.aggression : readRuntimeDouble(aggression),
    minWeightPercent:
      minimum === undefined ? NO_SLOW_START.minWeightPercent : wholePercent(minimum.number("value", 0)),
  };
}

/** By what the weight of a host is multiplied so many milliseconds after it became usable. */
export function slowStartFactor(
  sinceMs: number,
  { windowMs, minWeightPercent }: Pick<SlowStartOptions, "windowMs" | "minWeightPercent">,
  aggression: number,
): number {
  if (sinceMs >= windowMs) return 1;
  const time = Math.max(sinceMs, 1) / windowMs;
  const risen = aggression === 1 || time === 1 ? time : pow(time, 1 / aggression);
  return Math.max(risen, minWeightPercent / 100);
}

/**
 * Raises the weights of hosts that have just become usable (Envoy 1.40, `EdfLoadBalancerBase` in
 * .../common/load_balancer_impl.cc). Also for one window after the balancer was made Envoy takes some host to
 * be in slow start.
 */
export class SlowStart {
  readonly #options: SlowStartOptions;
  readonly #clock: { readonly now: Nanoseconds };
  readonly #aggression: number;
  #latest: Nanoseconds;

  constructor(options: SlowStartOptions, { clock, runtime }: Pick<LoadBalancerDeps, "clock" | "runtime">) {
    const aggression = runtimeNumber(runtime, options.aggression);
    this.#options = options;
    this.#clock = clock;
    this.#aggression = aggression > 0 ? aggression : 1;
    this.#latest = clock.now;
  }

  /** Takes note of the healthy hosts of a changed set. */
  update({ healthy }: HostSet): void {
    const { windowMs } = this.#options;
    if (windowMs === 0) return;
    const { now } = this.#clock;
    for (const host of healthy) {
      const since = (host.lastHealthCheckPass ??= now);
      if (since > this.#latest && millisecondsBetween(since, now) <= windowMs) this.#latest = since;
    }
  }

  /** Whether some host may be in slow start. */
  get isActive(): boolean {
    const { windowMs } = this.#options;
    return windowMs > 0 && millisecondsBetween(this.#latest, this.#clock.now) <= windowMs;
  }

  /** The weight of a host in its slow start. */
  scale(weight: number, host: Host): number {
    if (!this.isActive || host.lastHealthCheckPass === null || host.coarseHealth !== "healthy") return weight;
    const since = millisecondsBetween(host.lastHealthCheckPass, this.#clock.now);
    return weight * slowStartFactor(since, this.#options, this.#aggression);
  }
}

function millisecondsBetween(from: Nanoseconds, to: Nanoseconds): number {
  return Math.trunc((to - from) / MILLISECOND);
}
