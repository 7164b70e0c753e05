import type { Handler } from "./event-slots.ts";
import type { Nanoseconds } from "./time.ts";

/** Takes events that all wait the same time. They cannot be cancelled. */
export interface Lane {
  after<T>(handler: Handler<T>, arg: T): void;
}

const INITIAL_CAPACITY = 64;

/** Hears when a lane that was empty has an event again. */
interface LaneOwner {
  filled(lane: FifoLane): void;
}

/**
 * Events of one constant delay come due in the order in which they are scheduled: a ring beside the heap
 * keeps them sorted without a comparison. A ring stays as large as its fullest moment made it.
 */
export class FifoLane implements Lane {
  /** Of the earliest event; both Infinity when there is none. */
  headTime: Nanoseconds = Number.POSITIVE_INFINITY;
  headSequence = Number.POSITIVE_INFINITY;
  private readonly delay: Nanoseconds;
  private readonly clock: { readonly now: Nanoseconds };
  private readonly order: { nextSequence: number };
  private readonly owner: LaneOwner;
  private times = new Float64Array(INITIAL_CAPACITY);
  private sequences = new Float64Array(INITIAL_CAPACITY);
  private handlers: (Handler<unknown> | undefined)[] = new Array(INITIAL_CAPACITY).fill(undefined);
  private args: unknown[] = new Array(INITIAL_CAPACITY).fill(undefined);
  private head = 0;
  private length = 0;
  /** Capacity less one; a capacity is a power of two. */
  private mask = INITIAL_CAPACITY - 1;

  constructor(
    delay: Nanoseconds,
    clock: { readonly now: Nanoseconds },
    order: { nextSequence: number },
    owner: LaneOwner,
  ) {
    this.delay = delay;
    this.clock = clock;
    this.order = order;
    this.owner = owner;
  }

  after<T>(handler: Handler<T>, arg: T): void {
    if (this.length > this.mask) this.grow();
    const time = this.clock.now + this.delay;
    const sequence = this.order.nextSequence++;
    const place = (this.head + this.length++) & this.mask;
    this.times[place] = time;
    this.sequences[place] = sequence;
    this.handlers[place] = handler as Handler<unknown>;
    this.args[place] = arg;
    if (this.length === 1) {
      this.headTime = time;
      this.headSequence = sequence;
      this.owner.filled(this);
    }
  }

  headHandler(): Handler<unknown> {
    return this.handlers[this.head]!;
  }

  headArg(): unknown {
    return this.args[this.head];
  }

  dropHead(): void {
    this.handlers[this.head] = undefined;
    this.args[this.head] = undefined;
    const head = (this.head + 1) & this.mask;
    this.head = head;
    if (--this.length === 0) {
      this.headTime = Number.POSITIVE_INFINITY;
      this.headSequence = Number.POSITIVE_INFINITY;
    } else {
      this.headTime = this.times[head]!;
      this.headSequence = this.sequences[head]!;
    }
  }

  /** Twice the places; the ring is unrolled so that its head is at 0. */
  private grow(): void {
    const { times, sequences, handlers, args, head, length } = this;
    const capacity = 2 * length;
    this.times = new Float64Array(capacity);
    this.sequences = new Float64Array(capacity);
    this.handlers = new Array(capacity).fill(undefined);
    this.args = new Array(capacity).fill(undefined);
    for (let i = 0; i < length; i++) {
      const place = (head + i) & this.mask;
      this.times[i] = times[place]!;
      this.sequences[i] = sequences[place]!;
      this.handlers[i] = handlers[place];
      this.args[i] = args[place];
    }
    this.head = 0;
    this.mask = capacity - 1;
  }
}
