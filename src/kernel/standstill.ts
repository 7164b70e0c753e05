/** So many events may happen at one instant before virtual time is taken to stand still. */
export const MAX_EVENTS_AT_ONCE = 10_000_000;

/** Virtual time does not advance, however many events happen: the run would never end. */
export class StandstillError extends Error {
  /** `cause`: what keeps it from advancing, as far as that is known. */
  constructor(cause: string) {
    super(
      `${cause}: ten million events happened without virtual time advancing; let something in it take time, such as a link`,
    );
  }
}
