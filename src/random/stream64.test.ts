import fc from "fast-check";
import { expect, test } from "vitest";
import { scripted64 } from "../../test/support/scripted64.ts";
import { stream64 } from "./stream64.ts";

const uint32 = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff),
);
const divisor = fc.oneof(
  fc.integer({ min: 1, max: 0x100000000 }),
  fc.integer({ min: 1, max: 300 }),
  fc.integer({ min: 0xfff0, max: 0x10010 }),
  fc.integer({ min: 0, max: 32 }).map((k) => 2 ** k),
);

function playing(words: readonly number[]) {
  let next = 0;
  return stream64({ uint32: () => words[next++]!, uniform: () => NaN });
}

test("modulo is that of the 64-bit number, the first word its high half", () => {
  fc.assert(
    fc.property(uint32, uint32, divisor, (hi, lo, n) => {
      const random = playing([hi, lo]);
      random.draw();
      const exact = Number((BigInt(hi) * 2n ** 32n + BigInt(lo)) % BigInt(n));
      expect(random.mod(n)).toBe(exact);
      expect(random.mod(n)).toBe(exact);
    }),
    { numRuns: 2000 },
  );
});

test("both halves of the number can be read", () => {
  fc.assert(
    fc.property(uint32, uint32, (hi, lo) => {
      const random = playing([hi, lo]);
      const script = scripted64([String(BigInt(hi) * 2n ** 32n + BigInt(lo))]);
      for (const each of [random, script]) {
        each.draw();
        expect([each.high, each.low]).toEqual([hi, lo]);
      }
    }),
  );
});

test("each draw takes two words", () => {
  const random = playing([0, 5, 0, 6]);
  random.draw();
  expect(random.mod(100)).toBe(5);
  random.draw();
  expect(random.mod(100)).toBe(6);
});

test("a script plays its numbers in order", () => {
  const random = scripted64(["18446744073709551615", "0"]);
  random.draw();
  expect([random.mod(100), random.mod(2 ** 32), random.drawn]).toEqual([15, 2 ** 32 - 1, 1]);
  random.draw();
  expect([random.mod(7), random.drawn]).toEqual([0, 2]);
});

test("a script refuses to go on after its end, to begin before its start and to hold other numbers", () => {
  const random = scripted64(["1"]);
  expect(() => random.mod(2)).toThrow(RangeError);
  random.draw();
  expect(() => random.draw()).toThrow(RangeError);
  expect(() => scripted64(["18446744073709551616"])).toThrow(RangeError);
  expect(() => scripted64(["-1"])).toThrow(RangeError);
  expect(() => scripted64(["x"])).toThrow(SyntaxError);
});
