/** What an event runs: a function made once, not a closure for each event. */
export type Handler<T> = (arg: T) => void;

/** (slot, generation) of a scheduled event as one number; 0 is no event. */
export type Handle = number;

/** Low bits of a handle; so many events may be pending at once: 16 million. */
const SLOT_COUNT_MAX = 2 ** 24;
/**
 * The generation is the low 29 bits of the event's sequence number: slot and generation together are exact in
 * a number.
 */
const GENERATION_MASK = 2 ** 29 - 1;
const INITIAL_CAPACITY = 1024;
/** Added to the sequence number of late events, which stay in their order among themselves. */
export const LATE = 2 ** 52;

/** Stands where no handler is. */
const nothing: Handler<unknown> = () => {};

/**
 * Places for pending events: handler, argument and sequence number by slot, so that the structures which
 * order events move nothing but a time and a slot. The slot released last is the next to be used, while it is
 * in the cache.
 */
export class EventSlots {
  /** The sequence number of the next event that is scheduled, here or in a lane. */
  nextSequence = 0;
  /** Sequence numbers by slot: they decide between events of one time. */
  sequences: Float64Array;
  /** Handler and argument of slot s at 2 s and 2 s + 1: in one cache line. */
  private readonly calls: unknown[] = [];
  /** Stack of the free slots. */
  private free: Int32Array;
  private freeCount = 0;

  /** The first `reserved` slots are never handed out; their sequence number comes before every event's. */
  constructor(reserved: number) {
    this.sequences = new Float64Array(INITIAL_CAPACITY).fill(-1, 0, reserved);
    this.free = new Int32Array(INITIAL_CAPACITY);
    this.addSlots(reserved, INITIAL_CAPACITY);
  }

  /** `rank` is 0, or LATE for an event that comes after all others of its time. */
  take<T>(handler: Handler<T>, arg: T, rank = 0): number {
    if (this.freeCount === 0) this.grow();
    const slot = this.free[--this.freeCount]!;
    this.calls[2 * slot] = handler;
    this.calls[2 * slot + 1] = arg;
    this.sequences[slot] = rank + this.nextSequence++;
    return slot;
  }

  handle(slot: number): Handle {
    return (this.sequences[slot]! & GENERATION_MASK) * SLOT_COUNT_MAX + slot;
  }

  /** The slot of a pending event, or -1 when the handle's event ran or was cancelled, or there was none. */
  find(handle: Handle): number {
    const slot = handle & (SLOT_COUNT_MAX - 1);
    return slot < this.sequences.length && this.handle(slot) === handle && !this.isCleared(slot) ? slot : -1;
  }

  handler(slot: number): Handler<unknown> {
    return this.calls[2 * slot] as Handler<unknown>;
  }

  arg(slot: number): unknown {
    return this.calls[2 * slot + 1];
  }

  /** Lets go of what the event held; the slot stays taken until `release`. */
  clear(slot: number): void {
    this.calls[2 * slot] = nothing;
    this.calls[2 * slot + 1] = undefined;
  }

  isCleared(slot: number): boolean {
    return this.calls[2 * slot] === nothing;
  }

  /** Gives a cleared slot back. */
  release(slot: number): void {
    this.free[this.freeCount++] = slot;
  }

  private grow(): void {
    const capacity = this.sequences.length * 2;
    if (capacity > SLOT_COUNT_MAX) throw new RangeError(`more than ${capacity / 2} events are pending`);
    const sequences = new Float64Array(capacity);
    sequences.set(this.sequences);
    this.sequences = sequences;
    this.free = new Int32Array(capacity);
    this.addSlots(capacity / 2, capacity);
  }

  /** Makes free slots; the lowest is on top. */
  private addSlots(from: number, to: number): void {
    while (this.calls.length < 2 * to) this.calls.push(nothing, undefined);
    for (let slot = to - 1; slot >= from; slot--) this.free[this.freeCount++] = slot;
  }
}
