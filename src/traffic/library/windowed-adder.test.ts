import { expect, test } from "vitest";
import { WindowedAdder } from "./windowed-adder.ts";

test("an amount counts until its window is over", () => {
  const adder = new WindowedAdder(100, 10, 0);
  adder.add(7, 0);
  expect([adder.sum(50), adder.sum(99)]).toEqual([7, 7]);
  expect(adder.sum(109)).toBe(0);
});

test("a slice begins when it is first looked at, so that looking may keep an amount a little longer", () => {
  const [seldom, often] = [new WindowedAdder(100, 10, 0), new WindowedAdder(100, 10, 0)];
  seldom.add(7, 0);
  often.add(7, 0);
  expect(often.sum(99)).toBe(7);
  expect([seldom.sum(105), often.sum(105)]).toEqual([0, 7]);
});

test("after a silence of a window and more nothing is left", () => {
  const adder = new WindowedAdder(100, 10, 0);
  for (let time = 0; time < 100; time += 5) adder.add(1, time);
  expect(adder.sum(95)).toBe(20);
  expect(adder.sum(1000)).toBe(0);
});
