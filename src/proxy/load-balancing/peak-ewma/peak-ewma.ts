import type { Nanoseconds } from "../../../kernel/time.ts";
import type { Random64 } from "../../../random/random64.ts";
import type { Host } from "../../cluster/host.ts";
import type { LoadBalancer, LoadBalancerContext, LoadBalancerDeps } from "../policy.ts";
import { chooseHost } from "../shared/choose-host.ts";
import { HostSources, KEEPS_NOTHING } from "../shared/host-source.ts";
import { ZONE_AWARE } from "../shared/locality-routing.ts";
import { RoundTrip } from "./round-trip.ts";

export interface PeakEwmaOptions {
  /** How fast old round trips are forgotten. */
  readonly decay: Nanoseconds;
  /** The round trip of a host before any was measured; null: such a host is avoided once it has a request (Finagle). */
  readonly defaultRoundTrip: Nanoseconds | null;
}

/** Finagle's penalty for a host that has requests and no answer yet, `Long.MaxValue >> 16`: 39 hours in nanoseconds. */
const PENALTY = 2 ** 47 - 1;

/** The round trips of a cluster's hosts in one process. */
export type RoundTrips = WeakMap<Host, RoundTrip>;

/**
 * Of two hosts drawn at random the one with the lower cost: estimated round trip * (active requests + 1). Draws:
 * one for the priority, two for the hosts.
 */
export class PeakEwma implements LoadBalancer {
  readonly #random: Random64;
  readonly #clock: { readonly now: Nanoseconds };
  readonly #options: PeakEwmaOptions;
  readonly #roundTrips: RoundTrips;
  readonly #sources: HostSources<null>;

  constructor(deps: LoadBalancerDeps, options: PeakEwmaOptions, roundTrips: RoundTrips) {
    this.#random = deps.random;
    this.#clock = deps.clock;
    this.#options = options;
    this.#roundTrips = roundTrips;
    this.#sources = new HostSources(deps, ZONE_AWARE, KEEPS_NOTHING);
    this.#sources.start();
  }

  chooseHost(context: LoadBalancerContext): Host | null {
    return chooseHost(this, context);
  }

  pickHost(context: LoadBalancerContext): Host | null {
    const hosts = this.#sources.choose(context)?.hosts ?? [];
    if (hosts.length === 0) return null;
    this.#random.draw("first choice");
    const first = this.#random.mod(hosts.length);
    this.#random.draw("second choice");
    if (hosts.length === 1) return hosts[0]!;
    // Another than the first: its place is left out of the second draw.
    const drawn = this.#random.mod(hosts.length - 1);
    const second = drawn < first ? drawn : drawn + 1;
    return this.#costOf(hosts[second]!) < this.#costOf(hosts[first]!) ? hosts[second]! : hosts[first]!;
  }

  update(priority: number): void {
    this.#sources.update(priority);
  }

  onRequestEnded(host: Host, roundTrip: Nanoseconds): void {
    const { now } = this.#clock;
    const known = this.#roundTrips.get(host);
    if (known === undefined) this.#roundTrips.set(host, new RoundTrip(roundTrip, now));
    else known.observe(roundTrip, now, this.#options.decay);
  }

  #costOf(host: Host): number {
    const { decay, defaultRoundTrip } = this.#options;
    const { now } = this.#clock;
    let known = this.#roundTrips.get(host);
    if (known === undefined && defaultRoundTrip !== null)
      this.#roundTrips.set(host, (known = new RoundTrip(defaultRoundTrip, now)));
    return costOf(known, host.activeRequests, now, decay);
  }
}

/** `known`: undefined where nothing has been measured yet. */
export function costOf(
  known: RoundTrip | undefined,
  activeRequests: number,
  now: Nanoseconds,
  decay: Nanoseconds,
): number {
  if (known === undefined) return activeRequests === 0 ? 0 : PENALTY + activeRequests;
  return known.at(now, decay) * (activeRequests + 1);
}
