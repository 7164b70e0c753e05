import { expect, test } from "vitest";
import { AleaStream } from "./alea-stream.ts";
import { LuckPurpose, luck } from "./luck.ts";

type Arguments = [keyHi: number, keyLo: number, place: number, ordinal: number, purpose: number];

const PURPOSES = Object.values(LuckPurpose);

/** Arguments as a run has them: any key, few places and ordinals. */
function someArguments(random: AleaStream): Arguments {
  const below = (n: number) => random.uint32() % n;
  return [random.uint32(), random.uint32(), below(100), below(50), below(PURPOSES.length)];
}

/** The distance of a χ² statistic from its mean, in standard deviations (√(2·freedom)). */
function chiSquareScore(counts: Float64Array): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return (chiSquare - (counts.length - 1)) / Math.sqrt(2 * (counts.length - 1));
}

test("the purposes are distinct and below 16", () => {
  expect(new Set(PURPOSES).size).toBe(PURPOSES.length);
  for (const purpose of PURPOSES) expect(purpose >= 0 && purpose < 16).toBe(true);
});

test("it is a pure function of 32-bit integers, signed or not", () => {
  const random = new AleaStream("signs");
  for (let i = 0; i < 1000; i++) {
    const [keyHi, keyLo, ...rest] = someArguments(random);
    expect(luck(keyHi | 0, keyLo | 0, ...rest)).toBe(luck(keyHi, keyLo, ...rest));
  }
});

test("it lies strictly between 0 and 1 and has 53 bits", () => {
  const random = new AleaStream("range");
  let odd = 0;
  for (let i = 0; i < 10_000; i++) {
    const u = luck(...someArguments(random));
    expect(u > 0 && u < 1).toBe(true);
    odd += (u * 2 ** 53) % 2;
  }
  // Binomial with standard deviation 50: five of them.
  expect(Math.abs(odd - 5000)).toBeLessThan(250);
});

test("flipping any one bit of the arguments flips every bit of the result half of the time", () => {
  const random = new AleaStream("avalanche");
  const bitsOf: Arguments = [32, 32, 28, 32, 4];
  const samples = 2000;
  let worst = 0;
  bitsOf.forEach((bits, argument) => {
    for (let bit = 0; bit < bits; bit++) {
      const flips = new Float64Array(53);
      for (let i = 0; i < samples; i++) {
        const before = someArguments(random);
        const after: Arguments = [...before];
        after[argument]! ^= 1 << bit;
        countDifferences(luck(...before), luck(...after), flips);
      }
      for (const count of flips) worst = Math.max(worst, Math.abs(count - samples / 2));
    }
  });
  // 6,784 binomial counts of standard deviation √2000/2 = 22.4: one beyond six of them has a chance of 1e-5.
  expect(worst).toBeLessThan(134);
});

/** Adds 1 for each of the 53 bits in which two results differ. */
function countDifferences(one: number, other: number, flips: Float64Array): void {
  const [high, low] = [one, other].map((u) => [Math.floor(u * 2 ** 32), (u * 2 ** 53) % 2 ** 21]) as [
    number[],
    number[],
  ];
  for (let k = 0; k < 32; k++) flips[k]! += ((high[0]! ^ low[0]!) >>> k) & 1;
  for (let k = 0; k < 21; k++) flips[32 + k]! += ((high[1]! ^ low[1]!) >>> k) & 1;
}

test("all combinations of small keys, places, ordinals and purposes fill 1,024 cells evenly", () => {
  const counts = new Float64Array(1024);
  for (let key = 0; key < 100; key++)
    for (let place = 0; place < 16; place++)
      for (let ordinal = 0; ordinal < 32; ordinal++)
        for (const purpose of PURPOSES) counts[Math.floor(luck(0, key, place, ordinal, purpose) * 1024)]!++;
  expect(Math.abs(chiSquareScore(counts))).toBeLessThan(5);
});

test.each([
  ["keys", (i: number): Arguments => [0, i, 3, 1, 0]],
  ["high halves of keys", (i: number): Arguments => [i, 0, 3, 1, 0]],
  ["places", (i: number): Arguments => [0x12345678, 0x9abcdef0, i, 1, 0]],
  ["ordinals", (i: number): Arguments => [0x12345678, 0x9abcdef0, 3, i, 0]],
  ["purposes", (i: number): Arguments => [0x12345678, i >> 4, 3, 1, i & 15]],
])("neighbouring %s are independent", (_name, argumentsOf) => {
  const pairs = 100_000;
  const cells = new Float64Array(1024);
  let products = 0;
  for (let i = 0, u = luck(...argumentsOf(0)); i < pairs; i++) {
    const v = luck(...argumentsOf(i + 1));
    cells[Math.floor(u * 32) * 32 + Math.floor(v * 32)]!++;
    products += (u - 0.5) * (v - 0.5) * 12;
    u = v;
  }
  expect(Math.abs(chiSquareScore(cells))).toBeLessThan(5);
  // The serial correlation of independent values has standard deviation 1/√n.
  expect(Math.abs(products / pairs)).toBeLessThan(5 / Math.sqrt(pairs));
});

test("one request never meets the same chance twice", () => {
  const seen = new Set<number>();
  for (let place = 0; place < 100; place++)
    for (let ordinal = 0; ordinal < 100; ordinal++)
      for (const purpose of PURPOSES) seen.add(luck(1, 2, place, ordinal, purpose));
  // Distinct in 64 bits; that two of 110,000 agree in the 53 that remain has a chance of 1e-6.
  expect(seen.size).toBe(100 * 100 * PURPOSES.length);
});
