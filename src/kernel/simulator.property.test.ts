import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Handle, type Handler, type Lane, Simulator } from "./simulator.ts";
import { HOUR, MILLISECOND, type Nanoseconds, SECOND } from "./time.ts";

/**
 * What the order of events is defined by: a list searched for the least (time, timeout or not, sequence
 * number).
 */
class NaiveSimulator {
  now: Nanoseconds;
  events = 0;
  private pending: Pending[] = [];
  private sequence = 0;
  private isStopped = false;

  constructor(start: Nanoseconds) {
    this.now = start;
  }

  at<T>(time: Nanoseconds, handler: Handler<T>, arg: T, isTimeout = false): Handle {
    this.pending.push({ time, isTimeout, sequence: ++this.sequence, run: () => handler(arg) });
    return this.sequence;
  }

  after<T>(delay: Nanoseconds, handler: Handler<T>, arg: T): Handle {
    return this.at(this.now + delay, handler, arg);
  }

  timeout<T>(delay: Nanoseconds, handler: Handler<T>, arg: T): Handle {
    return this.at(this.now + delay, handler, arg, true);
  }

  lane(delay: Nanoseconds): Lane {
    return { after: (handler, arg) => void this.after(delay, handler, arg) };
  }

  cancel(handle: Handle): void {
    this.pending = this.pending.filter((event) => event.sequence !== handle);
  }

  run(): void {
    this.isStopped = false;
    while (!this.isStopped && this.pending.length > 0) {
      const next = this.pending.reduce((a, b) => (isBefore(b, a) ? b : a));
      this.pending.splice(this.pending.indexOf(next), 1);
      this.now = next.time;
      this.events++;
      next.run();
    }
  }

  stop(): void {
    this.isStopped = true;
  }
}

interface Pending {
  readonly time: Nanoseconds;
  readonly isTimeout: boolean;
  readonly sequence: number;
  readonly run: () => void;
}

function isBefore(a: Pending, b: Pending): boolean {
  if (a.time !== b.time) return a.time < b.time;
  return a.isTimeout === b.isTimeout ? a.sequence < b.sequence : b.isTimeout;
}

type AnySimulator = Pick<Simulator, keyof NaiveSimulator>;

/** One thing that a handler does. What is scheduled n-th does the n-th list of actions when it runs. */
type Action =
  | { kind: "at" | "after" | "timeout" | "lane"; delay: Nanoseconds }
  /** Cancels the n-th last that was scheduled, whether pending, gone, or in a lane. */
  | { kind: "cancel"; back: number }
  | { kind: "stop" };

const delay = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.nat(5) },
  { weight: 3, arbitrary: fc.nat(20).map((n) => n * 250_000) },
  { weight: 3, arbitrary: fc.nat(200 * MILLISECOND) },
  // Bounds of the wheel's buckets and levels, and what stands beside them.
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.integer({ min: 10, max: 50 }),
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: -1, max: 1 }),
      )
      .map(([power, factor, offset]) => 2 ** power * (factor % (power > 40 ? 2 : 65)) + offset)
      .map((n) => Math.max(0, n)),
  },
  { weight: 1, arbitrary: fc.constantFrom(60 * SECOND, HOUR, 500 * HOUR) },
);

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("at" as const), delay }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("after" as const), delay }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("timeout" as const), delay }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("lane" as const), delay }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("cancel" as const), back: fc.nat(40) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("stop" as const) }) },
);

/** Carries out a program; the answer is who ran when, in order. */
function trace(simulator: AnySimulator, program: readonly (readonly Action[])[]): string[] {
  const log: string[] = [];
  const handles: Handle[] = [0];
  let scheduled = 0;

  function act(actions: readonly Action[]): void {
    for (const action of actions) {
      if (action.kind === "cancel") simulator.cancel(handles.at(-1 - action.back) ?? 0);
      else if (action.kind === "stop") simulator.stop();
      else handles.push(schedule(action));
    }
  }

  function schedule(action: { kind: "at" | "after" | "timeout" | "lane"; delay: Nanoseconds }): Handle {
    const id = scheduled++;
    if (action.kind === "at") return simulator.at(simulator.now + action.delay, run, id);
    if (action.kind === "after") return simulator.after(action.delay, run, id);
    if (action.kind === "timeout") return simulator.timeout(action.delay, run, id);
    simulator.lane(action.delay).after(run, id);
    return 0;
  }

  function run(id: number): void {
    log.push(`${id} at ${simulator.now}`);
    act(program[id + 1] ?? []);
  }

  act(program[0] ?? []);
  for (let before = -1; before !== log.length; ) {
    before = log.length;
    simulator.run();
  }
  log.push(`${simulator.events} events, now ${simulator.now}`);
  return log;
}

describe("Simulator, beside a list that is searched for the next event", () => {
  it("runs the same events in the same order at the same times", () => {
    const program = fc.array(fc.array(action, { maxLength: 12, size: "max" }), {
      minLength: 1,
      maxLength: 120,
      size: "max",
    });
    const start = fc.oneof(fc.constant(0), fc.integer({ min: -10 * SECOND, max: 10 * SECOND }));
    fc.assert(
      fc.property(program, start, (program, start) => {
        expect(trace(new Simulator(start), program)).toEqual(trace(new NaiveSimulator(start), program));
      }),
      { numRuns: 400 },
    );
  });

  it("does so when thousands are pending, most of them cancelled, and arrays grow", () => {
    const parameters = fc.record({
      seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      count: fc.integer({ min: 1000, max: 2500 }),
      spread: fc.constantFrom(50, 10 * MILLISECOND, 2 * SECOND, 3 * HOUR),
      keptOneIn: fc.constantFrom(1, 2, 20),
    });
    fc.assert(
      fc.property(parameters, ({ seed, count, spread, keptOneIn }) => {
        expect(crowd(new Simulator(), seed, count, spread, keptOneIn)).toEqual(
          crowd(new NaiveSimulator(0), seed, count, spread, keptOneIn),
        );
      }),
      { numRuns: 12 },
    );
  }, 60_000);
});

/**
 * Schedules many at once by all means, cancels most of them in turn, and lets every survivor schedule once
 * more.
 */
function crowd(
  simulator: AnySimulator,
  seed: number,
  count: number,
  spread: Nanoseconds,
  keptOneIn: number,
): string[] {
  let state = seed;
  const draw = (n: number): number => {
    state = (Math.imul(state, 48_271) >>> 0) % 2_147_483_647;
    return Math.floor((state / 2_147_483_647) * n);
  };
  const log: string[] = [];
  const last = (id: number): void => void log.push(`${id} at ${simulator.now}`);
  const first = (id: number): void => {
    last(id);
    simulator.timeout(draw(spread), last, -id);
    simulator.lane(draw(12)).after(last, -id);
  };
  const handles = Array.from({ length: count }, (_, id) =>
    draw(2) === 0 ? simulator.after(draw(spread), first, id) : simulator.timeout(draw(spread), first, id),
  );
  for (const handle of handles) if (draw(keptOneIn) !== 0) simulator.cancel(handle);
  simulator.run();
  return log;
}
