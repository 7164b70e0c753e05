import fc from "fast-check";
import { expect, test } from "vitest";
import { AleaStream } from "./alea-stream.ts";
import { Streams } from "./streams.ts";

const first = (seed: string, purpose: string, name: string) =>
  new Streams(seed).stream(purpose, name).uniform();

test("the same seed, purpose and name give the same stream, whatever else was drawn", () => {
  const streams = new Streams("7");
  const undisturbed = new Streams("7").stream("arrivals", "web");
  streams.stream("arrivals", "app").uniform();
  const stream = streams.stream("arrivals", "web");
  for (let i = 0; i < 100; i++) expect(stream.uniform()).toBe(undisturbed.uniform());
});

test("parts that differ give another stream, also when they read the same together", () => {
  const part = fc.string({
    minLength: 1,
    maxLength: 4,
    unit: fc.constantFrom("a", "b", "/", '"', ",", "\\"),
  });
  fc.assert(
    fc.property(fc.tuple(part, part, part), fc.tuple(part, part, part), (one, other) => {
      const same = one.every((text, i) => text === other[i]);
      expect(first(...one) === first(...other)).toBe(same);
    }),
  );
  expect(first("1", "ab", "c")).not.toBe(first("1", "a", "bc"));
  expect(first("1/1", "a", "")).not.toBe(first("1", "1/a", ""));
});

test("an empty seed, purpose or key is refused, an empty name is not", () => {
  expect(() => new Streams("")).toThrow(RangeError);
  expect(() => new Streams("1").stream("", "x")).toThrow(RangeError);
  expect(() => new AleaStream("")).toThrow(RangeError);
  expect(first("1", "a", "")).toBeGreaterThan(0);
});

test("a uniform has 53 bits and lies strictly between 0 and 1", () => {
  const stream = new Streams("1").stream("test", "uniform");
  let odd = 0;
  for (let i = 0; i < 10_000; i++) {
    const u = stream.uniform();
    expect(u > 0 && u < 1).toBe(true);
    const bits = u * 2 ** 53;
    expect(Number.isInteger(bits)).toBe(true);
    odd += bits % 2;
  }
  // Binomial with standard deviation 50: five of them.
  expect(Math.abs(odd - 5000)).toBeLessThan(250);
});

test("neighbouring streams fill all cells of a square evenly", () => {
  // The first draws of streams that differ in one digit, in pairs: 32 x 32 cells, 30 pairs a cell expected.
  const cells = new Float64Array(1024);
  const streams = new Streams("1");
  const pairs = 30_720;
  for (let i = 0; i < pairs; i++) {
    const u = streams.stream("user", `${i}`).uniform();
    const v = streams.stream("user", `${i + 1}`).uniform();
    cells[Math.floor(u * 32) * 32 + Math.floor(v * 32)]!++;
  }
  const chiSquare = cells.reduce((sum, count) => sum + (count - 30) ** 2 / 30, 0);
  // 1023 degrees of freedom: standard deviation √2046 = 45.2; five of them.
  expect(Math.abs(chiSquare - 1023)).toBeLessThan(226);
});

test("32-bit draws are whole and use every bit", () => {
  const stream = new Streams("1").stream("test", "uint32");
  const ones = new Float64Array(32);
  for (let i = 0; i < 10_000; i++) {
    const draw = stream.uint32();
    expect(draw >>> 0).toBe(draw);
    for (let bit = 0; bit < 32; bit++) ones[bit]! += (draw >>> bit) & 1;
  }
  for (const count of ones) expect(Math.abs(count - 5000)).toBeLessThan(250);
});
