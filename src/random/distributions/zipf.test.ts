import { expect, test } from "vitest";
import { AleaStream } from "../alea-stream.ts";
import { makeZipf } from "./zipf.ts";

test("with exponent 1 the borders between the keys are harmonic", () => {
  // Weights 1, 1/2, 1/3, 1/4 of 25/12: the cumulative shares are 12/25, 18/25, 22/25, 1.
  const choose = makeZipf(4, 1);
  const borders = [12 / 25, 18 / 25, 22 / 25];
  borders.forEach((border, key) => {
    expect(choose(border - 1e-12)).toBe(key);
    expect(choose(border + 1e-12)).toBe(key + 1);
  });
  expect([choose(2 ** -53), choose(1 - 2 ** -53)]).toEqual([0, 3]);
});

test("with exponent 0 all keys are alike, up to the ends", () => {
  for (const keys of [1, 3, 10, 1000, 2 ** 40 + 1]) {
    const choose = makeZipf(keys, 0);
    expect([choose(2 ** -53), choose(1 - 2 ** -53)]).toEqual([0, keys - 1]);
  }
  const choose = makeZipf(10, 0);
  for (let key = 0; key < 10; key++) expect(choose((key + 0.5) / 10)).toBe(key);
});

test("10,000 keys are chosen with their shares", () => {
  const choose = makeZipf(10_000, 1.1);
  const random = new AleaStream("zipf");
  const draws = 200_000;
  const counts = new Float64Array(10_000);
  for (let i = 0; i < draws; i++) counts[choose(random.uniform())]!++;
  let total = 0;
  for (let key = 1; key <= 10_000; key++) total += key ** -1.1;
  for (const key of [0, 1, 9, 99]) {
    const share = (key + 1) ** -1.1 / total;
    // Binomial: five standard deviations.
    expect(Math.abs(counts[key]! - draws * share)).toBeLessThan(5 * Math.sqrt(draws * share * (1 - share)));
  }
});

test("impossible parameters are refused", () => {
  for (const keys of [0, 1.5, -1, NaN]) expect(() => makeZipf(keys, 1)).toThrow(RangeError);
  for (const exponent of [-1, NaN, Infinity]) expect(() => makeZipf(5, exponent)).toThrow(RangeError);
});
