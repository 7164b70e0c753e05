import type { Nanoseconds } from "../../../kernel/time.ts";
import type { Host } from "../../cluster/host.ts";

/** What a host has answered to a probe. */
export interface ProbeEntry {
  readonly host: Host;
  /** Requests in flight at the host, with those that were sent to it by this answer. */
  requestsInFlight: number;
  readonly latency: Nanoseconds;
  readonly at: Nanoseconds;
  usesLeft: number;
}

/** How many of the latest answers the threshold between cold and hot is taken of. */
const REMEMBERED = 128;

/** The latest answers to probes, of which requests choose; small on purpose, so that they are fresh. */
export class ProbePool {
  readonly entries: ProbeEntry[] = [];
  readonly #size: number;
  readonly #maxAge: Nanoseconds;
  readonly #remembered: number[] = [];
  #position = 0;
  #removesOldest = true;

  constructor(size: number, maxAge: Nanoseconds) {
    this.#size = size;
    this.#maxAge = maxAge;
  }

  add(entry: ProbeEntry): void {
    this.#remembered[this.#position] = entry.requestsInFlight;
    this.#position = (this.#position + 1) % REMEMBERED;
    this.entries.push(entry);
    if (this.entries.length > this.#size) this.entries.shift();
  }

  /** Drops answers that are too old, and those of hosts for which `isUsable` does not hold. */
  prune(now: Nanoseconds, isUsable: (host: Host) => boolean): void {
    for (let i = this.entries.length - 1; i >= 0; i--) {
      const { at, host } = this.entries[i]!;
      if (now - at > this.#maxAge || !isUsable(host)) this.entries.splice(i, 1);
    }
  }

  /** More requests in flight than this make a host hot: a quantile of the latest answers. */
  threshold(quantile: number): number {
    const sorted = [...this.#remembered].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(quantile * sorted.length))] ?? 0;
  }

  /** Cold before hot; among cold ones the fastest, among hot ones that with the fewest requests. */
  best(threshold: number): ProbeEntry | undefined {
    return this.#extreme((entry, other) => isBetter(entry, other, threshold));
  }

  /** Uses an answer: it is gone after so many uses. */
  use(entry: ProbeEntry): void {
    entry.requestsInFlight++;
    if (--entry.usesLeft <= 0) this.#remove(entry);
  }

  /** Drops one answer, in turn the oldest and the worst, so that bad ones do not stay. */
  removeOne(threshold: number): void {
    if (this.entries.length === 0) return;
    const victim = this.#removesOldest
      ? this.entries[0]!
      : this.#extreme((entry, other) => isBetter(other, entry, threshold))!;
    this.#removesOldest = !this.#removesOldest;
    this.#remove(victim);
  }

  #remove(entry: ProbeEntry): void {
    this.entries.splice(this.entries.indexOf(entry), 1);
  }

  #extreme(beats: (entry: ProbeEntry, other: ProbeEntry) => boolean): ProbeEntry | undefined {
    let [most] = this.entries;
    for (const entry of this.entries) if (most !== undefined && beats(entry, most)) most = entry;
    return most;
  }
}

function isBetter(entry: ProbeEntry, other: ProbeEntry, threshold: number): boolean {
  const isHot = entry.requestsInFlight > threshold;
  const otherIsHot = other.requestsInFlight > threshold;
  if (isHot !== otherIsHot) return otherIsHot;
  return isHot ? entry.requestsInFlight < other.requestsInFlight : entry.latency < other.latency;
}
