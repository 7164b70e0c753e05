import { FifoLane } from "./lane.ts";

/** The rings whose heads are compared with each other and with the heap's top: the earliest of all is next. */
export class Lanes {
  /** The lane with the earliest event; its head is Infinity when all are empty. */
  earliest: FifoLane;
  private readonly clock: { readonly now: number };
  private readonly order: { nextSequence: number };
  private readonly all: FifoLane[] = [];

  constructor(clock: { readonly now: number }, order: { nextSequence: number }) {
    this.clock = clock;
    this.order = order;
    this.earliest = this.add(0);
  }

  get count(): number {
    return this.all.length;
  }

  add(delay: number): FifoLane {
    const lane = new FifoLane(delay, this.clock, this.order, this);
    this.all.push(lane);
    return lane;
  }

  laneFilled(lane: FifoLane): void {
    if (isBefore(lane, this.earliest)) this.earliest = lane;
  }

  /** Drops the earliest event and finds the next. */
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
