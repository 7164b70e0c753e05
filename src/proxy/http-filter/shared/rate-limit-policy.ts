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
  readonly actions: readonly RateLimitAction[];
}

/** Nothing to count a request by. */
export const NO_DESCRIPTORS: readonly Descriptor[] = [];

/** The descriptors that a list of `route.v3.RateLimit` makes of a request. */
export class RateLimitPolicy {
  private readonly entries: readonly RateLimitEntry[];
  /** Those that count requests when they are over, and limit none. */
  private readonly entriesOfEnd: readonly RateLimitEntry[];

  constructor(limits: readonly Message[], reading: FilterReading) {
    const entries: RateLimitEntry[] = [];
    const entriesOfEnd: RateLimitEntry[] = [];
    for (const limit of limits) {
      (limit.boolean("apply_on_stream_done") ? entriesOfEnd : entries).push({
        stage: limit.number("stage", 0),
        disableKey: limit.string("disable_key"),
        actions: limit.messages("actions").map((action) => compileRateLimitAction(action, reading)),
      });
    }
    this.entries = entries;
    this.entriesOfEnd = entriesOfEnd;
  }

  get isEmpty(): boolean {
    return this.entries.length + this.entriesOfEnd.length === 0;
  }

  /** Whether it may have descriptors of a request that comes, or of one that has ended (`isOver`). */
  counts(isOver: boolean): boolean {
    return (isOver ? this.entriesOfEnd : this.entries).length > 0;
  }

  /** `isDisabled`: whether a limit with this key is switched off; `isOver`: whether the request has ended. */
  descriptorsOf(
    source: DescriptorSource,
    stage: number,
    isDisabled: (disableKey: string) => boolean,
    isOver = false,
  ): readonly Descriptor[] {
    let descriptors: Descriptor[] | undefined;
    for (const entry of isOver ? this.entriesOfEnd : this.entries) {
      if (entry.stage !== stage) continue;
      if (entry.disableKey !== "" && isDisabled(entry.disableKey)) continue;
      const descriptor = descriptorOf(entry.actions, source);
      if (descriptor !== undefined) (descriptors ??= []).push(descriptor);
    }
    return descriptors ?? NO_DESCRIPTORS;
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

  /** Whether there may be descriptors of a request that comes, or of one that has ended (`isOver`). */
  counts(option: VirtualHostOption, isOver: boolean): boolean {
    return this.own.counts(isOver) || (this.usesVirtualHost(option) && this.ofVirtualHost.counts(isOver));
  }

  /** As those of a policy, the route's before the virtual host's. */
  descriptorsOf(
    option: VirtualHostOption,
    ...args: Parameters<RateLimitPolicy["descriptorsOf"]>
  ): readonly Descriptor[] {
    const own = this.own.descriptorsOf(...args);
    if (!this.usesVirtualHost(option)) return own;
    return [...own, ...this.ofVirtualHost.descriptorsOf(...args)];
  }

  private usesVirtualHost(option: VirtualHostOption): boolean {
    const isIncluded = this.includesVirtualHost || option === "INCLUDE";
    return isIncluded || (option === "OVERRIDE" && this.own.isEmpty);
  }
}
