/** So many events may happen at one instant before the simulation is taken to stand still. */
const MAX_EVENTS_AT_ONCE = 10_000_000;

/** Virtual time does not advance: a client's traffic never lets it. */
export class StandstillError extends Error {
  readonly client: string;

  constructor(client: string) {
    super(`client "${client}" keeps asking: ten million events happened without virtual time advancing`);
    this.client = client;
  }
}

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
      throw new StandstillError(this.client);
    }
  }
}
