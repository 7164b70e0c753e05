import { describe, expect, test } from "vitest";
import { formatCount, formatMs, formatShare } from "./figures.ts";

describe("a number for people", () => {
  test.each([
    [0, "0%"],
    [0.000_001, "<0.01%"],
    [0.5, "50.00%"],
    [0.999_99, ">99.99%"],
    [1, "100%"],
  ])("share %d is %s", (share, text) => expect(formatShare(share)).toBe(text));

  test.each([
    [0, "0 ms"],
    [0.000_05, "50.0 ns"],
    [0.25, "250 us"],
    [8.914, "8.91 ms"],
    [99.96, "100 ms"],
    [312.7, "313 ms"],
    [30_000, "30.0 s"],
    [null, "-"],
  ])("%d milliseconds are %s", (ms, text) => expect(formatMs(ms)).toBe(text));

  test.each([
    [7, "7"],
    [1234, "1,234"],
    [1_234_567, "1,234,567"],
  ])("count %d is %s", (count, text) => expect(formatCount(count)).toBe(text));
});
