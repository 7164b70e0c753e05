import { FifoLane } from "./lane.ts";
import type { Nanoseconds } from "./time.ts";

/** Beyond so many, finding the earliest lane costs as much as the heap that lanes spare (measured). */
const LANE_COUNT_MAX = 4;

/** The rings beside the heap, and which of them has the earliest event. */
export class Lanes {
  /** The lane with the earliest event; any of them when all are empty. */
  earliest: FifoLane;
  private readonly clock: { readonly now: Nanoseconds };
  private readonly order: { nextSequence: number };
  private readonly all: FifoLane[] = [];

  constructor(clock: { readonly now: Nanoseconds }, order: { nextSequence: number }) {
    this.clock = clock;
    this.order = order;
    this.earliest = this.add(0);
  }

  get isFull(): boolean {
    return this.all.length === LANE_COUNT_MAX;
  }

  add(delay: Nanoseconds): FifoLane {
    const lane = new FifoLane(delay, this.clock, this.order, this);
    this.all.push(lane);
    return lane;
  }

  /** A lane that was empty has an event again. */
  filled(lane: FifoLane): void {
    if (isBefore(lane, this.earliest)) this.earliest = lane;
  }

  /** Takes the earliest event out and finds the next. */
  dropEarliest(): void {
    this.earliest.dropHead();
    const { all } = this;
    let earliest = all[0]!;
    for (let i = 1; i < all.length; i++) if (isBefore(all[i]!, earliest)) earliest = all[i]!;
    this.earliest = earliest;
  }
}

function isBefore(lane: FifoLane, other: FifoLane): boolean {
  return (
    lane.headTime < other.headTime ||
    (lane.headTime === other.headTime && lane.headSequence < other.headSequence)
  );
}
