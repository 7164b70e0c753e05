import type { EventHeap } from "./event-heap.ts";
import type { Nanoseconds } from "./time.ts";

const LEVELS = 12;
const BUCKETS_PER_LEVEL = 64;
/**
 * Width of a bucket of the lowest level: 2^17 ns = 131 us. A bucket of the next level is eight times as wide.
 */
const FINEST_WIDTH = 2 ** 17;
const WIDTH_RATIO = 8;
/** A level takes delays of so many widths: 8.3 ms, 66 ms, 528 ms, 4.2 s, ..., 2.2 years at the last. */
const WIDTHS_AHEAD = BUCKETS_PER_LEVEL - 1;

/** Buckets are numbered as slots are; events must use slots from here on. */
export const BUCKET_COUNT = LEVELS * BUCKETS_PER_LEVEL;

const UNLINKED = -1;

/**
 * Keeps timers out of the heap that are cancelled before they are due, as nearly all are; to set and to
 * cancel one costs the same however many there are. A timer waits in the bucket of its time. When the bucket
 * begins, what is left in it moves to the heap, with its own time and sequence number: order is exactly that
 * of a heap alone.
 *
 * Coarser levels take longer delays and beyond the finest a bucket is at most an eighth as wide as the delays
 * in it, so a timer leaves for the heap when at least seven eighths of its delay have gone by, and once only:
 * nothing cascades from level to level. (The Linux kernel has grown its wheel like this since 4.8,
 * kernel/time/timer.c, but fires at the bucket's end.)
 *
 * A bucket in use is itself an entry of the heap, at its beginning and before all events of that time. So the
 * wheel has no clock that ticks, and empty buckets cost nothing however long the simulation idles.
 */
export class TimerWheel {
  private readonly heap: EventHeap;
  /** Circular lists by slot; a bucket is the head of its own. */
  private next = new Int32Array(0);
  private previous = new Int32Array(0);
  private times = new Float64Array(0);
  private readonly isInHeap = new Uint8Array(BUCKET_COUNT);

  constructor(heap: EventHeap) {
    this.heap = heap;
    this.grow(BUCKET_COUNT);
    for (let bucket = 0; bucket < BUCKET_COUNT; bucket++) this.empty(bucket);
  }

  /** Puts the timer of a slot in its bucket, or straight into the heap when it is due too soon for one. */
  add(now: Nanoseconds, time: Nanoseconds, slot: number): void {
    const delay = time - now;
    if (delay < FINEST_WIDTH) {
      this.heap.push(time, slot);
      return;
    }
    let width = FINEST_WIDTH;
    let firstOfLevel = 0;
    while (delay >= width * WIDTHS_AHEAD) {
      width *= WIDTH_RATIO;
      firstOfLevel += BUCKETS_PER_LEVEL;
    }
    // The delay is at least one width, so the bucket begins after now; and less than 63, so no other turn of
    // the wheel shares it.
    const tick = Math.floor(time / width);
    const bucket = firstOfLevel + (tick & (BUCKETS_PER_LEVEL - 1));
    this.link(bucket, time, slot);
    if (this.isInHeap[bucket] === 0) {
      this.isInHeap[bucket] = 1;
      this.heap.push(tick * width, bucket);
    }
  }

  /** Takes the timer of a slot out, in constant time; false when it is not in the wheel (any more). */
  remove(slot: number): boolean {
    if (slot >= this.next.length) return false;
    const next = this.next[slot]!;
    if (next === UNLINKED) return false;
    const previous = this.previous[slot]!;
    this.next[previous] = next;
    this.previous[next] = previous;
    this.next[slot] = UNLINKED;
    return true;
  }

  /** Moves the timers of a bucket that begins to the heap. */
  flush(bucket: number): void {
    this.isInHeap[bucket] = 0;
    let slot = this.next[bucket]!;
    while (slot !== bucket) {
      const next = this.next[slot]!;
      this.next[slot] = UNLINKED;
      this.heap.push(this.times[slot]!, slot);
      slot = next;
    }
    this.empty(bucket);
  }

  private link(bucket: number, time: Nanoseconds, slot: number): void {
    if (slot >= this.next.length) this.grow(slot + 1);
    const { next, previous } = this;
    const last = previous[bucket]!;
    next[last] = slot;
    previous[slot] = last;
    next[slot] = bucket;
    previous[bucket] = slot;
    this.times[slot] = time;
  }

  private empty(bucket: number): void {
    this.next[bucket] = bucket;
    this.previous[bucket] = bucket;
  }

  private grow(least: number): void {
    const capacity = Math.max(least, this.next.length * 2);
    const next = new Int32Array(capacity).fill(UNLINKED);
    next.set(this.next);
    const previous = new Int32Array(capacity);
    previous.set(this.previous);
    const times = new Float64Array(capacity);
    times.set(this.times);
    this.next = next;
    this.previous = previous;
    this.times = times;
  }
}
