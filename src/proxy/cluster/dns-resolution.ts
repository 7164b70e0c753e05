import { MILLISECOND, type Nanoseconds, SECOND } from "../../kernel/time.ts";
import type { Random64 } from "../../random/random64.ts";
import type { Stats } from "../../telemetry/stats.ts";
import type { Endpoint } from "./host.ts";
import type { Assignment } from "./priority-set.ts";

/** `cluster.v3.Cluster.DnsLookupFamily`; of the preferences only what they exclude matters here. */
export type DnsLookupFamily = "AUTO" | "V4_ONLY" | "V6_ONLY" | "V4_PREFERRED" | "ALL";

/** How a cluster looks up the names of its endpoints. */
export interface DnsOptions {
  /** Time from an answer to the next question. */
  readonly refreshRate: Nanoseconds;
  /** Whether an answer that says how long it holds is kept for that long instead. */
  readonly respectsTtl: boolean;
  /** Random addition to that time: whole milliseconds below this. */
  readonly jitterMs: number;
  readonly lookupFamily: DnsLookupFamily;
}

/**
 * From an answer to the next question. `ttlSeconds`: how long the answer holds, 0 where it does not say. Draws
 * only where there is jitter (Envoy 1.40, source/extensions/clusters/dns/dns_cluster.cc).
 */
export function nextLookup(options: DnsOptions, ttlSeconds: number, random: Random64): Nanoseconds {
  const { refreshRate, respectsTtl, jitterMs } = options;
  const rate = respectsTtl && ttlSeconds > 0 ? ttlSeconds * SECOND : refreshRate;
  if (jitterMs === 0) return rate;
  random.draw("jitter of the next lookup");
  return rate + random.mod(jitterMs) * MILLISECOND;
}

/** Whether a name's answer may have this address, which is `ip:port`. */
export function isInFamily(address: string, family: DnsLookupFamily): boolean {
  const isIpv6 = address.startsWith("[");
  return isIpv6 ? family !== "V4_ONLY" : family !== "V6_ONLY";
}

/** What names of a cluster were resolved to, name by name. */
export interface Resolution {
  /** Names and numeric addresses that it looks up. */
  readonly names: number;
  /** How many of them have an address. */
  readonly answered: number;
  /** Weight of the hosts of the last one; 1 where there are none. */
  readonly lastWeight: number;
}

/** Counts the answers in an assignment; numeric addresses are looked up as well and answer themselves. */
export function resolutionOf(listed: readonly Endpoint[], { endpoints }: Assignment): Resolution {
  const answered = new Set(endpoints.map((endpoint) => endpoint.answerTo ?? endpoint));
  return { names: listed.length, answered: answered.size, lastWeight: endpoints.at(-1)?.weight ?? 1 };
}

/**
 * The counters of looking up (Envoy 1.40, source/extensions/clusters/strict_dns): one of each for every name and
 * lookup. Answers stay what they are.
 */
export class DnsLookups {
  readonly #attempt;
  readonly #success;
  readonly #failure;
  readonly #noRebuild;
  readonly #resolution: Resolution;

  /** Looks every name up for the first time. `prefix` is such as `cluster.checkout.`. */
  constructor(resolution: Resolution, stats: Stats, prefix: string) {
    this.#resolution = resolution;
    this.#attempt = stats.counter(`${prefix}update_attempt`);
    this.#success = stats.counter(`${prefix}update_success`);
    this.#failure = stats.counter(`${prefix}update_failure`);
    this.#noRebuild = stats.counter(`${prefix}update_no_rebuild`);
    this.#count();
  }

  /** Looks every name up again and finds what it knew. */
  repeat(): void {
    this.#count();
    this.#noRebuild.value += this.#resolution.answered;
  }

  #count(): void {
    const { names, answered } = this.#resolution;
    this.#attempt.value += names;
    this.#success.value += answered;
    this.#failure.value += names - answered;
  }
}
