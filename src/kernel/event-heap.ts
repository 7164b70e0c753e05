import type { Nanoseconds } from "./time.ts";

const INITIAL_CAPACITY = 256;

/**
 * The pending events by (time, sequence number): a heap with four children a node in two parallel arrays.
 *
 * Hand-tuned. A sift moves a time and a slot; sequence numbers stay with the slot and are read only when two
 * times are equal. The least of four children is found by arithmetic on comparisons, because a branch on
 * random times is mispredicted every other time. Cells past the end hold Infinity, so that a missing child
 * never is the least.
 */
export class EventHeap {
  length = 0;
  /** The first is the earliest time, Infinity when the heap is empty. */
  times = new Float64Array(INITIAL_CAPACITY).fill(Number.POSITIVE_INFINITY);
  slots = new Int32Array(INITIAL_CAPACITY);
  private readonly order: { readonly sequences: Float64Array };

  constructor(order: { readonly sequences: Float64Array }) {
    this.order = order;
  }

  push(time: Nanoseconds, slot: number): void {
    if (this.length + 4 >= this.times.length) this.grow();
    const { times, slots } = this;
    let node = this.length++;
    while (node > 0) {
      const parent = (node - 1) >> 2;
      const parentTime = times[parent]!;
      if (parentTime <= time && (parentTime < time || this.isBefore(slots[parent]!, slot))) break;
      times[node] = parentTime;
      slots[node] = slots[parent]!;
      node = parent;
    }
    times[node] = time;
    slots[node] = slot;
  }

  /** Takes the earliest out of a heap that is not empty. */
  pop(): number {
    const { times, slots } = this;
    const top = slots[0]!;
    const last = --this.length;
    const time = times[last]!;
    times[last] = Number.POSITIVE_INFINITY;
    if (last > 0) this.siftDown(0, time, slots[last]!);
    return top;
  }

  /** Takes out every entry that `isDead` says so of; the order of the rest is what it was. */
  sweep(isDead: (slot: number) => boolean): void {
    const { times, slots, length } = this;
    let kept = 0;
    for (let node = 0; node < length; node++) {
      if (isDead(slots[node]!)) continue;
      times[kept] = times[node]!;
      slots[kept++] = slots[node]!;
    }
    this.length = kept;
    times.fill(Number.POSITIVE_INFINITY, kept, length);
    for (let node = (kept - 2) >> 2; node >= 0; node--) this.siftDown(node, times[node]!, slots[node]!);
  }

  private siftDown(from: number, time: Nanoseconds, slot: number): void {
    const { times, slots, length } = this;
    let node = from;
    for (;;) {
      const child = 4 * node + 1;
      if (child >= length) break;
      const time0 = times[child]!;
      const time1 = times[child + 1]!;
      const time2 = times[child + 2]!;
      const time3 = times[child + 3]!;
      const left = child + +(time1 < time0);
      const right = child + 2 + +(time3 < time2);
      const leftTime = times[left]!;
      const rightTime = times[right]!;
      let least = left + (right - left) * +(rightTime < leftTime);
      if (time0 === time1 || time2 === time3 || leftTime === rightTime) least = this.leastChild(child);
      const leastTime = times[least]!;
      const leastSlot = slots[least]!;
      if (leastTime >= time && (leastTime > time || this.isBefore(slot, leastSlot))) break;
      times[node] = leastTime;
      slots[node] = leastSlot;
      node = least;
    }
    times[node] = time;
    slots[node] = slot;
  }

  /** The least of four children, some of which have equal times. */
  private leastChild(first: number): number {
    const { times, slots } = this;
    let least = first;
    for (let child = first + 1; child < first + 4; child++) {
      const isTie = times[child] === times[least];
      if (isTie ? this.isBefore(slots[child]!, slots[least]!) : times[child]! < times[least]!) least = child;
    }
    return least;
  }

  private isBefore(slot: number, other: number): boolean {
    const { sequences } = this.order;
    return sequences[slot]! < sequences[other]!;
  }

  private grow(): void {
    const capacity = this.times.length * 2;
    const times = new Float64Array(capacity).fill(Number.POSITIVE_INFINITY, this.length);
    times.set(this.times.subarray(0, this.length));
    const slots = new Int32Array(capacity);
    slots.set(this.slots);
    this.times = times;
    this.slots = slots;
  }
}
