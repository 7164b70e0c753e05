import { EventHeap } from "./event-heap.ts";
import { EventSlots, type Handle, type Handler, LATE } from "./event-slots.ts";
import type { Lane } from "./lane.ts";
import { Lanes } from "./lanes.ts";
import { rehearse } from "./rehearsal.ts";
import { MAX_EVENTS_AT_ONCE, StandstillError } from "./standstill.ts";
import { type Nanoseconds, SECOND } from "./time.ts";
import { BUCKET_COUNT, TimerWheel } from "./timer-wheel.ts";

export type { Handle, Handler } from "./event-slots.ts";
export type { Lane } from "./lane.ts";

/** Fewer cancelled events than this stay in the heap until their time comes. */
const LEAST_SWEEP = 64;
/** Events between looks at whether time advances: clients, which look at each of their requests, are to be named first. */
const LOOK_INTERVAL = 2 * MAX_EVENTS_AT_ONCE;

/**
 * Virtual time, and what happens next. Events run in the order of (time, sequence number given when
 * scheduled), timeouts after the others of their time, whichever structure holds them: the heap, a lane for
 * events of one constant delay, or the wheel for timers that are usually cancelled. Nothing else moves time,
 * and nothing here knows what is simulated.
 */
export class Simulator {
  /** Of the event that runs; after the last, of the last that ran. */
  now: Nanoseconds;
  /** Handlers that ran. */
  events = 0;
  private isStopped = false;
  /** The number of events at the next look, and the time at the last. */
  private nextLook = LOOK_INTERVAL;
  private lookedAt: Nanoseconds = Number.NEGATIVE_INFINITY;
  /** Cancelled events that are still in the heap. */
  private cancelledInHeap = 0;
  private readonly slots = new EventSlots(BUCKET_COUNT);
  private readonly heap = new EventHeap(this.slots);
  private readonly wheel = new TimerWheel(this.heap);
  private readonly lanes: Lanes;
  private readonly laneOfDelay = new Map<Nanoseconds, Lane>();

  constructor(start: Nanoseconds = 0) {
    this.now = start;
    this.lanes = new Lanes(this, this.slots);
    this.laneOfDelay.set(0, this.lanes.earliest);
  }

  /** Runs `handler(arg)` at a time, which must be a whole number of nanoseconds and not before now. */
  at<T>(time: Nanoseconds, handler: Handler<T>, arg: T): Handle {
    this.check(time);
    const { slots } = this;
    const slot = slots.take(handler, arg);
    this.heap.push(time, slot);
    return slots.handle(slot);
  }

  /** Runs `handler(arg)` when a delay, a whole number of nanoseconds, has gone by. */
  after<T>(delay: Nanoseconds, handler: Handler<T>, arg: T): Handle {
    return this.at(this.now + delay, handler, arg);
  }

  /**
   * As `after`, for timers that nearly always are cancelled: setting and cancelling take constant time. At
   * its instant it comes after everything else, also after what is scheduled for that instant later: what a
   * timeout waits for is in time if it happens in the same nanosecond.
   */
  timeout<T>(delay: Nanoseconds, handler: Handler<T>, arg: T): Handle {
    const time = this.now + delay;
    this.check(time);
    const { slots } = this;
    const slot = slots.take(handler, arg, LATE);
    this.wheel.add(this.now, time, slot);
    return slots.handle(slot);
  }

  /** Cancels a pending event. Without effect when it ran, was cancelled, or the handle is 0. */
  cancel(handle: Handle): void {
    const { slots } = this;
    const slot = slots.find(handle);
    if (slot < 0) return;
    slots.clear(slot);
    if (this.wheel.remove(slot)) slots.release(slot);
    else if (++this.cancelledInHeap >= LEAST_SWEEP && this.cancelledInHeap * 2 > this.heap.length)
      this.sweep();
  }

  /** The lane of a constant delay, always the same one for the same delay. */
  lane(delay: Nanoseconds): Lane {
    let lane = this.laneOfDelay.get(delay);
    if (lane === undefined) {
      this.check(this.now + delay);
      // A delay beyond the number of lanes has its events in the heap.
      lane = this.lanes.isFull
        ? { after: (handler, arg) => void this.after(delay, handler, arg) }
        : this.lanes.add(delay);
      this.laneOfDelay.set(delay, lane);
    }
    return lane;
  }

  /**
   * Runs the events before `until`, as long as any is pending and `stop` is not called. May be called again. Throws a
   * StandstillError when millions of events happen and time does not advance.
   */
  run(until: Nanoseconds = Number.POSITIVE_INFINITY): void {
    const { slots, heap, lanes, wheel } = this;
    this.isStopped = false;
    while (!this.isStopped) {
      if (this.events === this.nextLook) this.look();
      const lane = lanes.earliest;
      const laneTime = lane.headTime;
      const heapTime = heap.times[0]!;
      if (laneTime >= until && heapTime >= until) break;
      if (
        laneTime < heapTime ||
        (laneTime === heapTime && lane.headSequence < slots.sequences[heap.slots[0]!]!)
      ) {
        const handler = lane.headHandler();
        const arg = lane.headArg();
        lanes.dropEarliest();
        this.now = laneTime;
        this.events++;
        handler(arg);
        continue;
      }
      if (heap.length === 0) break;
      const slot = heap.pop();
      if (slot < BUCKET_COUNT) {
        wheel.flush(slot);
        continue;
      }
      if (slots.isCleared(slot)) {
        this.cancelledInHeap--;
        slots.release(slot);
        continue;
      }
      const handler = slots.handler(slot);
      const arg = slots.arg(slot);
      slots.clear(slot);
      slots.release(slot);
      this.now = heapTime;
      this.events++;
      handler(arg);
    }
  }

  /** Makes `run` return when the handler that runs has ended. */
  stop(): void {
    this.isStopped = true;
  }

  private look(): void {
    const { now } = this;
    if (now === this.lookedAt)
      throw new StandstillError(`something takes no time and never ends, at ${now / SECOND} s`);
    this.lookedAt = now;
    this.nextLook += LOOK_INTERVAL;
  }

  private check(time: Nanoseconds): void {
    if (!(time >= this.now && time <= Number.MAX_SAFE_INTEGER && Math.trunc(time) === time)) {
      throw new RangeError(`cannot schedule at ${time}: now is ${this.now}`);
    }
  }

  /** Keeps the memory of cancelled events in proportion to what is pending. */
  private sweep(): void {
    const { slots } = this;
    this.heap.sweep((slot) => {
      const isDead = slot >= BUCKET_COUNT && slots.isCleared(slot);
      if (isDead) slots.release(slot);
      return isDead;
    });
    this.cancelledInHeap = 0;
  }
}

for (const start of [0, 2 ** 40, -(2 ** 40)]) rehearse(start, new Simulator(start));
