import fc from "fast-check";
import { expect, test } from "vitest";
import { TimeWeighted } from "./time-weighted.ts";

test("the integral is that of the step function, cut to the window", () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 5 })), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(
      steps,
      fc.nat(60),
      fc.integer({ min: 1, max: 60 }),
      fc.nat(30),
      (changes, from, length, rest) => {
        const weighted = new TimeWeighted(from, from + length);
        const levelAt: number[] = [];
        let now = 0;
        let level = 0;
        for (const [gap, next] of changes) {
          for (const end = now + gap; now < end; now++) levelAt.push(level);
          weighted.set(now, (level = next));
        }
        for (const end = now + rest; now < end; now++) levelAt.push(level);
        const inside = levelAt.slice(from, from + length);
        const sum = inside.reduce((total, each) => total + each, 0);
        expect(weighted.integral(now)).toBe(sum);
        expect(weighted.mean(now)).toEqual(inside.length === 0 ? NaN : sum / inside.length);
      },
    ),
  );
});

test("a level reached before the window counts from its start", () => {
  const busy = new TimeWeighted(100, 200);
  busy.add(10, 3);
  busy.add(20, -1);
  busy.add(150, 2);
  busy.add(300, -4);
  expect(busy.level).toBe(0);
  expect(busy.integral(400)).toBe(2 * 50 + 4 * 50);
  expect(busy.mean(400)).toBe(3);
});

test("it can be read on the way", () => {
  const queue = new TimeWeighted();
  queue.set(0, 2);
  expect(queue.integral(10)).toBe(20);
  queue.add(10, 1);
  expect(queue.integral(20)).toBe(50);
  expect(queue.mean(20)).toBe(2.5);
});

test("a window that ends before it starts is refused", () => {
  expect(() => new TimeWeighted(5, 5)).toThrow(RangeError);
});
