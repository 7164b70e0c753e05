import { MILLISECOND, type Nanoseconds } from "../kernel/time.ts";

/** Of the kernels of most distributions, which have 250 ticks a second. */
export const USUAL_TIMER_TICK: Nanoseconds = 4 * MILLISECOND;

/**
 * The clock by which a process's timers run. It is the kernel's coarse one, which stands still between its ticks, and
 * a worker that has nothing to do sleeps for whole milliseconds (libevent 2.1, event.c and epoll.c; Envoy 1.40 does not
 * ask for precise timers). So a timer may fire late, by less than a tick.
 */
export class TimerClock {
  /** 0: timers are exact. */
  private readonly tick: Nanoseconds;
  /** From the last tick to virtual time 0. */
  private readonly phase: Nanoseconds;

  /** `share` of a tick, 0 to 1 (exclusive): where between two ticks the traffic begins. */
  constructor(tick: Nanoseconds, share: number) {
    this.tick = tick;
    this.phase = Math.floor(tick * share);
  }

  /**
   * How long a timer takes that is set at `now` for `delay`, a whole number of milliseconds, if nothing else wakes
   * its worker: the clock has to show what it showed at `now` and `delay`, and is asked after each sleep.
   */
  durationOf(delay: Nanoseconds, now: Nanoseconds): Nanoseconds {
    const { tick, phase } = this;
    if (tick === 0 || delay === 0) return delay;
    const sinceTick = modulo(now + phase, tick);
    let duration = delay;
    for (;;) {
      const shown = Math.floor((sinceTick + duration) / tick) * tick;
      if (shown >= delay) return duration;
      duration += Math.ceil((delay - shown) / MILLISECOND) * MILLISECOND;
    }
  }
}

/** Proxies start before virtual time 0. */
function modulo(time: Nanoseconds, tick: Nanoseconds): Nanoseconds {
  const rest = time % tick;
  return rest < 0 ? rest + tick : rest;
}
