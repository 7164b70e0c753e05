import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { type Handler, Simulator } from "./simulator.ts";
import { HOUR, MILLISECOND, SECOND } from "./time.ts";

/** A simulator and the list of what ran, as "name@time". */
function recording(start = 0): { simulator: Simulator; log: string[]; note: Handler<string> } {
  const simulator = new Simulator(start);
  const log: string[] = [];
  return { simulator, log, note: (name) => void log.push(`${name}@${simulator.now}`) };
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

describe("the order of events", () => {
  it("is that of their times", () => {
    const { simulator, log, note } = recording();
    simulator.at(30, note, "c");
    simulator.after(10, note, "a");
    simulator.timeout(20, note, "b");
    simulator.run();
    expect(log).toEqual(["a@10", "b@20", "c@30"]);
    expect([simulator.now, simulator.events]).toEqual([30, 3]);
  });

  it("is that of scheduling at equal times, whatever was used to schedule; timeouts come after the others", () => {
    const { simulator, log, note } = recording();
    const delay = 100 * MILLISECOND;
    simulator.lane(delay).after(note, "a");
    simulator.timeout(delay, note, "b");
    simulator.after(delay, note, "c");
    simulator.lane(delay).after(note, "d");
    simulator.timeout(delay, note, "e");
    simulator.run();
    expect(log.join(" ")).toBe(["a", "c", "d", "b", "e"].map((name) => `${name}@${delay}`).join(" "));
  });

  it("puts what is scheduled for now behind what already was", () => {
    const { simulator, log, note } = recording();
    simulator.at(
      5,
      () => {
        simulator.lane(0).after(note, "later");
        simulator.after(0, note, "last");
      },
      undefined,
    );
    simulator.at(5, note, "earlier");
    simulator.run();
    expect(log).toEqual(["earlier@5", "later@5", "last@5"]);
  });

  it("holds from a negative start on", () => {
    const { simulator, log, note } = recording(-2 * SECOND);
    simulator.timeout(SECOND, note, "b");
    simulator.at(-1_500_000_000, note, "a");
    simulator.timeout(2 * SECOND, note, "c");
    simulator.run();
    expect(log).toEqual(["a@-1500000000", "b@-1000000000", "c@0"]);
  });

  it("is that of setting for timers that end together, one of which began long before", () => {
    const { simulator, log, note } = recording();
    // The beginning of a bucket of the wheel, where the first timer leaves it for the heap.
    const end = 40 * 2 ** 17;
    simulator.timeout(end, note, "a");
    simulator.at(end - 1, () => simulator.timeout(1, note, "b"), undefined);
    simulator.run();
    expect(log).toEqual([`a@${end}`, `b@${end}`]);
  });

  it("holds for timers from a nanosecond to a hundred days", () => {
    const { simulator, log, note } = recording();
    const delays = Array.from({ length: 53 }, (_, power) => 2 ** power);
    for (const delay of [...delays].reverse()) simulator.timeout(delay, note, "t");
    simulator.run();
    expect(log).toEqual(delays.map((delay) => `t@${delay}`));
  });
});

describe("cancelling", () => {
  it("keeps an event from running, and time from moving to it", () => {
    const { simulator, log, note } = recording();
    const handles = [simulator.at(10, note, "a"), simulator.timeout(MILLISECOND, note, "b")];
    simulator.at(5, note, "c");
    for (const handle of handles) simulator.cancel(handle);
    simulator.run();
    expect([log, simulator.now, simulator.events]).toEqual([["c@5"], 5, 1]);
  });

  it("has no effect with 0, after the event ran, or a second time", () => {
    const { simulator, log, note } = recording();
    const ran = simulator.at(1, note, "a");
    const cancelled = simulator.at(2, note, "b");
    simulator.cancel(cancelled);
    simulator.run();
    simulator.after(1, note, "c");
    simulator.after(1, note, "d");
    for (const handle of [0, ran, cancelled]) simulator.cancel(handle);
    simulator.run();
    expect(log).toEqual(["a@1", "c@2", "d@2"]);
  });

  it("works for the event that is next at the same time", () => {
    const { simulator, log, note } = recording();
    let victim = 0;
    simulator.at(MILLISECOND, () => simulator.cancel(victim), undefined);
    victim = simulator.timeout(MILLISECOND, note, "victim");
    simulator.run();
    expect(log).toEqual([]);
  });
});

describe("scheduling", () => {
  it.each([9, 10.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("refuses %d when now is 10", (time) => {
    const simulator = new Simulator(10);
    const nothing = (): void => {};
    expect(() => simulator.at(time, nothing, undefined)).toThrow(RangeError);
    expect(() => simulator.after(time - 10, nothing, undefined)).toThrow(RangeError);
    expect(() => simulator.timeout(time - 10, nothing, undefined)).toThrow(RangeError);
    expect(() => simulator.lane(time - 10)).toThrow(RangeError);
  });

  it("gives one lane for one delay, also when there are many", () => {
    const simulator = new Simulator();
    const lanes = Array.from({ length: 40 }, (_, delay) => simulator.lane(delay));
    expect(lanes.map((_, delay) => simulator.lane(delay))).toEqual(lanes);
    expect(new Set(lanes).size).toBe(40);
  });
});

describe("running", () => {
  it("stops when told to, and goes on from there", () => {
    const { simulator, log, note } = recording();
    simulator.at(1, note, "a");
    simulator.at(1, () => simulator.stop(), undefined);
    simulator.at(1, note, "b");
    simulator.run();
    expect(log).toEqual(["a@1"]);
    simulator.run();
    expect(log).toEqual(["a@1", "b@1"]);
  });

  it("can go on after a handler threw", () => {
    const { simulator, log, note } = recording();
    const fail = (): never => {
      throw new Error("broken");
    };
    simulator.at(1, fail, undefined);
    simulator.lane(2).after(fail, undefined);
    simulator.at(3, note, "a");
    expect(() => simulator.run()).toThrow("broken");
    expect(() => simulator.run()).toThrow("broken");
    simulator.run();
    expect([log, simulator.events]).toEqual([["a@3"], 3]);
  });
});

describe("what is kept", () => {
  it("is nothing of events that ran or were cancelled", async () => {
    const simulator = new Simulator();
    const nothing = (): void => {};
    const references: WeakRef<object>[] = [];
    const watched = (): object => {
      const arg = {};
      references.push(new WeakRef(arg));
      return arg;
    };
    for (let i = 0; i < 25; i++) {
      simulator.after(i, nothing, watched());
      simulator.lane(7).after(nothing, watched());
      simulator.cancel(simulator.timeout(HOUR, nothing, watched()));
      simulator.cancel(simulator.after(2 * HOUR, nothing, watched()));
    }
    simulator.at(HOUR, () => simulator.stop(), undefined);
    simulator.after(3 * HOUR, nothing, undefined);
    simulator.run();
    // A weak reference that was made or read keeps its object until the present job has ended.
    await new Promise<void>((resolve) => setImmediate(resolve));
    collectGarbage();
    expect(references.filter((reference) => reference.deref() !== undefined)).toEqual([]);
    expect(simulator.events).toBe(51);
  });

  it("ends where time does not advance any more", () => {
    const simulator = new Simulator();
    const again = (): void => void simulator.lane(0).after(again, undefined);
    simulator.at(3 * SECOND, again, undefined);
    expect(() => simulator.run()).toThrow(
      "something takes no time and never ends, at 3 s: ten million events",
    );
    expect(simulator.now).toBe(3 * SECOND);
  });

  it("does not grow with the number of cancelled events", () => {
    const simulator = new Simulator();
    const held = simulator as unknown as { heap: { length: number }; slots: { sequences: Float64Array } };
    const nothing = (): void => {};
    const pending = Array.from({ length: 100 }, () => simulator.after(HOUR, nothing, undefined));
    for (let i = 0; i < 100_000; i++) {
      simulator.cancel(simulator.after(HOUR, nothing, undefined));
      simulator.cancel(simulator.timeout(HOUR, nothing, undefined));
    }
    expect(pending.length).toBe(100);
    expect(held.heap.length).toBeLessThan(300);
    expect(held.slots.sequences.length).toBeLessThan(5000);
  });
});
