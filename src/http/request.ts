import type { Nanoseconds } from "../kernel/time.ts";

/**
 * What a client wants, once: its identity, its own chance and what is known of its fate. Every stream that is
 * sent on its behalf, by the client or by proxies behind it, points here.
 */
export class Request {
  /** Index of the client in the scenario; -1: a proxy's own health check. */
  readonly client: number;
  /** Running number within the client, from 0. */
  readonly ordinal: number;
  readonly wantedAt: Nanoseconds;
  /** 64 bits from which all chance of this request derives (see random/luck.ts). */
  readonly keyHigh: number;
  readonly keyLow: number;
  /** Attempts that the first proxy has made so far. */
  attempts = 0;
  /** Bits of ResponseFlag that the first proxy has set. */
  flags = 0;
  /** Station number of the host that was tried last; -1: none. */
  lastHost = -1;
  /** Where it has been sent, the latest new place first: one or two places for most requests. */
  private visits: Visits | null = null;

  constructor(client: number, ordinal: number, wantedAt: Nanoseconds, keyHigh: number, keyLow: number) {
    this.client = client;
    this.ordinal = ordinal;
    this.wantedAt = wantedAt;
    this.keyHigh = keyHigh;
    this.keyLow = keyLow;
  }

  /** Whether a proxy checks with it how a host does; nobody waits for it, and it counts nowhere. */
  get isHealthCheck(): boolean {
    return this.client < 0;
  }

  /** How often this request has been sent to `place` (a service or a proxy) before; counts this time. */
  visit(place: number): number {
    for (let visits = this.visits; visits !== null; visits = visits.next) {
      if (visits.place === place) return visits.count++;
    }
    this.visits = new Visits(place, this.visits);
    return 0;
  }
}

class Visits {
  readonly place: number;
  readonly next: Visits | null;
  count = 1;

  constructor(place: number, next: Visits | null) {
    this.place = place;
    this.next = next;
  }
}
