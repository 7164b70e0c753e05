import type {
  Descriptor,
  DescriptorStatus,
  RateLimitRequest,
  RateLimitResponse,
} from "../../http/rate-limit-call.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import { type LocalCache, UNIT_SECONDS } from "./fixed-window.ts";
import { type RateLimitRule, RateLimitRules } from "./rules.ts";

/** Configuration of the reference service (github.com/envoyproxy/ratelimit), as far as it is simulated. */
export interface RateLimitSettings {
  readonly domain: string;
  readonly descriptors: readonly RateLimitRule[];
  /** Whether a host remembers which windows are full. */
  readonly hasLocalCache: boolean;
}

/** What a descriptor without a limit is told, and one that may do what it likes. */
const UNLIMITED: DescriptorStatus = { isOver: false, limit: undefined, remaining: 0, resetSeconds: 0 };
const MOST_REMAINING: DescriptorStatus = { ...UNLIMITED, remaining: 0xffffffff };

/**
 * The counting of a rate-limit service: one store for all of its hosts, as the reference service has in Redis.
 * Calls to the store take no time of their own; the service's time stands for them.
 */
export class RateLimitService {
  private readonly settings: RateLimitSettings;
  private readonly rules: RateLimitRules;

  constructor(settings: RateLimitSettings) {
    this.settings = settings;
    this.rules = new RateLimitRules(settings.descriptors);
  }

  /** The memory of one host; null: it has none. */
  newLocalCache(): LocalCache | null {
    return this.settings.hasLocalCache ? new WeakMap() : null;
  }

  /** Counts one hit for every descriptor; one that is over its limit suffices for a refusal. */
  check(request: RateLimitRequest, now: Nanoseconds, cache: LocalCache | null): RateLimitResponse {
    if (request.domain !== this.settings.domain)
      return { isOver: false, statuses: request.descriptors.map(() => UNLIMITED) };
    const statuses = request.descriptors.map((descriptor) => this.statusOf(descriptor, now, cache));
    return { isOver: statuses.some(({ isOver }) => isOver), statuses };
  }

  private statusOf(descriptor: Descriptor, now: Nanoseconds, cache: LocalCache | null): DescriptorStatus {
    const found = this.rules.find(descriptor);
    if (found === undefined) return UNLIMITED;
    if (found === "unlimited") return MOST_REMAINING;
    const { limit, isShadow, counts } = found;
    const { isOver, remaining, resetSeconds } = found.windowOf(descriptor, now).hit(1, now, cache);
    if (isOver && isShadow) counts.shadowMode++;
    return {
      isOver: isOver && !isShadow,
      limit: { requestsPerUnit: limit.requestsPerUnit, windowSeconds: UNIT_SECONDS[limit.unit] },
      remaining,
      resetSeconds,
    };
  }
}
