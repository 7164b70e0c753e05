import { MAX_EVENTS_AT_ONCE, StandstillError } from "../kernel/standstill.ts";

/** Watches the requests of one client for an instant that never ends. */
export class StandstillGuard {
  private readonly client: string;
  private instant = Number.NEGATIVE_INFINITY;
  private eventsBefore = 0;

  constructor(client: string) {
    this.client = client;
  }

  /** The client asks at `now`, when so many events have happened in all. */
  check(now: number, events: number): void {
    if (now !== this.instant) {
      this.instant = now;
      this.eventsBefore = events;
    } else if (events - this.eventsBefore >= MAX_EVENTS_AT_ONCE) {
      throw new StandstillError(`client "${this.client}" keeps asking`);
    }
  }
}
