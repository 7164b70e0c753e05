import type { Message } from "../../../decode/message.ts";
import type { Descriptor, DescriptorEntry } from "../../../http/rate-limit-call.ts";
import type { RouteRateLimits } from "../../cluster/route-levels.ts";
import type { FilterReading } from "../http-filter.ts";
import { compileRateLimitAction, type DescriptorSource, type RateLimitAction } from "./rate-limit-actions.ts";

/** What a virtual host's rate limits do besides those of a route. */
export type VirtualHostOption = "OVERRIDE" | "INCLUDE" | "IGNORE";

/** A compiled `route.v3.RateLimit`. */
interface RateLimitEntry {
  readonly stage: number;
  readonly disableKey: string;
  /** It counts requests when they are over, and limits none. */
  readonly isOnStreamDone: boolean;
  readonly actions: readonly RateLimitAction[];
}

/** The descriptors that a list of `route.v3.RateLimit` makes of a request. */
export class RateLimitPolicy {
  private readonly entries: readonly RateLimitEntry[];

  constructor(limits: readonly Message[], reading: FilterReading) {
    this.entries = limits.map((limit) => ({
      stage: limit.number("stage", 0),
      disableKey: limit.string("disable_key"),
      isOnStreamDone: limit.boolean("apply_on_stream_done"),
      actions: limit.messages("actions").map((action) => compileRateLimitAction(action, reading)),
    }));
  }

  get isEmpty(): boolean {
    return this.entries.length === 0;
  }

  /** `isDisabled`: whether a limit with this key is switched off; `isOver`: whether the request has ended. */
  descriptorsOf(
    source: DescriptorSource,
    stage: number,
    isDisabled: (disableKey: string) => boolean,
    isOver = false,
  ): Descriptor[] {
    return this.entries.flatMap((entry) => {
      if (entry.stage !== stage || entry.isOnStreamDone !== isOver) return [];
      if (entry.disableKey !== "" && isDisabled(entry.disableKey)) return [];
      const descriptor = descriptorOf(entry.actions, source);
      return descriptor === undefined ? [] : [descriptor];
    });
  }
}

/** Undefined: an action finds nothing to count by. */
function descriptorOf(actions: readonly RateLimitAction[], source: DescriptorSource): Descriptor | undefined {
  const entries: DescriptorEntry[] = [];
  for (const action of actions) {
    const result = action(source);
    if (result === "absent") return undefined;
    if (result !== "skip") entries.push(result);
  }
  return entries;
}

/** The rate limits of a route and its virtual host, compiled. */
export class RoutePolicies {
  private readonly own: RateLimitPolicy;
  private readonly ofVirtualHost: RateLimitPolicy;
  private readonly includesVirtualHost: boolean;

  constructor(limits: RouteRateLimits, reading: FilterReading) {
    this.own = new RateLimitPolicy(limits.own, reading);
    this.ofVirtualHost = new RateLimitPolicy(limits.ofVirtualHost, reading);
    this.includesVirtualHost = limits.includesVirtualHost;
  }

  /** Those that count, the route's before the virtual host's. */
  applicable(option: VirtualHostOption): RateLimitPolicy[] {
    const included = this.includesVirtualHost || option === "INCLUDE";
    const isUsed = included || (option === "OVERRIDE" && this.own.isEmpty);
    return isUsed ? [this.own, this.ofVirtualHost] : [this.own];
  }
}
