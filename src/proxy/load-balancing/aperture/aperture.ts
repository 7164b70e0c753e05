import type { Random64 } from "../../../random/random64.ts";
import type { Host } from "../../cluster/host.ts";
import type { LoadBalancer, LoadBalancerContext, LoadBalancerDeps } from "../policy.ts";
import { chooseHost } from "../shared/choose-host.ts";
import { type HostSource, HostSources, type SourceKeeper } from "../shared/host-source.ts";
import { ZONE_AWARE } from "../shared/locality-routing.ts";

/** Which of how many equal proxies this one is. */
export interface Peer {
  readonly index: number;
  readonly count: number;
}

/** A host as far as it lies inside of the aperture: its share of it. */
export interface ApertureHost {
  readonly index: number;
  readonly width: number;
}

const TWO_TO_32 = 0x1_0000_0000;
/** What sums of widths may be off by. */
const ROUNDING = 1e-9;

/** The part of the circle that one proxy uses, as shares of it. */
export interface ApertureSpan {
  readonly offset: number;
  readonly width: number;
}

/** Finagle's deterministic aperture: whole widths of a proxy, from the place of this one on, for `minimum` hosts. */
export function apertureSpan(hosts: number, { index, count }: Peer, minimum: number): ApertureSpan {
  const units = Math.max(1, Math.ceil((minimum / hosts) * count - ROUNDING));
  return { offset: index / count, width: Math.min(1, units / count) };
}

/**
 * The part of the hosts that one proxy uses: hosts lie side by side on a circle, and so do proxies; each proxy
 * takes a whole number of proxy widths from its own place on, enough for `minimum` hosts, so that all proxies
 * together load every host evenly (Finagle's deterministic aperture).
 */
export function apertureOf(hosts: number, peer: Peer, minimum: number): ApertureHost[] {
  if (hosts === 0) return [];
  const { offset, width: share } = apertureSpan(hosts, peer, minimum);
  // In widths of one host, from the place of this proxy.
  const from = offset * hosts;
  const to = from + share * hosts;
  const widths = new Map<number, number>();
  for (let place = Math.floor(from); place < to - ROUNDING; place++) {
    const width = Math.min(place + 1, to) - Math.max(place, from);
    // Past the end the circle begins anew; a wide aperture may come back to the host in which it began.
    if (width > ROUNDING) widths.set(place % hosts, (widths.get(place % hosts) ?? 0) + width);
  }
  return [...widths].map(([host, width]) => ({ index: host, width }));
}

interface Aperture {
  members: readonly ApertureHost[];
  /** Of each member, the sum of the widths up to it and with it. */
  ends: readonly number[];
}

/**
 * Of two hosts drawn from the aperture, by their shares of it, the one with fewer active requests. Draws: one
 * for the priority, two for the hosts.
 */
export class ApertureBalancer implements LoadBalancer, SourceKeeper<Aperture> {
  readonly #random: Random64;
  readonly #peer: Peer;
  readonly #minimum: number;
  readonly #sources: HostSources<Aperture>;

  constructor(deps: LoadBalancerDeps, minimum: number) {
    this.#random = deps.random;
    this.#peer = deps.peer ?? { index: 0, count: 1 };
    this.#minimum = minimum;
    this.#sources = new HostSources(deps, ZONE_AWARE, this);
    this.#sources.start();
  }

  chooseHost(context: LoadBalancerContext): Host | null {
    return chooseHost(this, context);
  }

  pickHost(context: LoadBalancerContext): Host | null {
    const source = this.#sources.choose(context);
    if (source === null || source.hosts.length === 0) return null;
    const { members } = source.state;
    const first = this.#pick(source.state, -1);
    const second = this.#pick(source.state, first);
    const [one, other] = [first, second].map((place) => source.hosts[members[place]!.index]!);
    return other!.activeRequests < one!.activeRequests ? other! : one!;
  }

  update(priority: number): void {
    this.#sources.update(priority);
  }

  newState(): Aperture {
    return { members: [], ends: [] };
  }

  refresh({ hosts, state }: HostSource<Aperture>): void {
    state.members = apertureOf(hosts.length, this.#peer, this.#minimum);
    let end = 0;
    state.ends = state.members.map(({ width }) => (end += width));
  }

  /** A place among the members by their widths, but for one place; -1: any. */
  #pick({ members, ends }: Aperture, except: number): number {
    this.#random.draw("choice");
    if (except >= 0 && members.length === 1) return except;
    const omitted = except < 0 ? 0 : members[except]!.width;
    const target = (this.#random.high / TWO_TO_32) * (ends.at(-1)! - omitted);
    // Behind the place that is left out everything lies further on by its width.
    if (except < 0 || target < ends[except]! - omitted)
      return Math.min(firstEndAbove(ends, target), lastBut(members, except));
    return Math.min(Math.max(firstEndAbove(ends, target + omitted), except + 1), lastBut(members, except));
  }
}

/** The last place but for one. */
function lastBut({ length }: readonly unknown[], except: number): number {
  return except === length - 1 ? length - 2 : length - 1;
}

/** Position of the first of ascending sums that exceeds a value; their number, if none does. */
function firstEndAbove(ends: readonly number[], value: number): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
