import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatDuration,
  parseBandwidth,
  parseDuration,
  parseRate,
  parseShare,
  parseSize,
} from "./quantity.ts";

const ok = (value: number) => ({ ok: true, value });

describe("a duration", () => {
  test.each([
    ["250us", 250_000],
    ["1.5s", 1_500_000_000],
    [".5ms", 500_000],
    ["2h", 7_200_000_000_000],
    ["0.5m", 30_000_000_000],
    ["0s", 0],
    [0, 0],
    // Exactly half a nanosecond is rounded up, whatever binary fractions would make of it.
    ["1.0000005ms", 1_000_001],
    ["1.00000049999999999999ms", 1_000_000],
    ["0.4ns", 0],
  ])("%s is %i ns", (text, nanoseconds) => {
    expect(parseDuration(text)).toEqual(ok(nanoseconds));
  });

  test("is read again as it was written", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (time) => {
        expect(parseDuration(formatDuration(time))).toEqual(ok(time));
      }),
    );
  });

  test.each([
    [5, "wrong-unit", "5 has no unit (a duration has one of these units: ns, us, ms, s, m, h)"],
    ["5", "wrong-unit", '"5" has no unit (a duration has one of these units: ns, us, ms, s, m, h)'],
    ["5 s", "wrong-unit", '"5 s" has a space in it; write 5s'],
    ["5sec", "wrong-unit", '"sec" is not a unit of a duration; did you mean 5s?'],
    ["5µs", "wrong-unit", "did you mean 5us?"],
    ["5days", "wrong-unit", '"days" is not a unit of a duration ('],
    ["-5s", "out-of-range", '"-5s" is negative; a duration is 0 or more'],
    ["soon", "wrong-type", '"soon" is not a duration; write it like 250us, 1.5s'],
    ["1e3s", "wrong-unit", '"e3s" is not a unit'],
    ["3000h", "out-of-range", "longer than 104 days"],
    [[], "wrong-type", "a duration is wanted"],
  ])("%j is refused as %s", (text, code, message) => {
    expect(parseDuration(text)).toMatchObject({ ok: false, code, message: expect.stringContaining(message) });
  });
});

describe("formatting a duration", () => {
  test.each([
    [1_500_000_000, "1.5s"],
    [250_000, "250us"],
    [60_000_000_000, "1m"],
    [1, "1ns"],
    [0, "0h"],
    [Number.POSITIVE_INFINITY, "for ever"],
  ])("%d ns is %s", (time, text) => {
    expect(formatDuration(time)).toBe(text);
  });
});

test("rates are per second", () => {
  expect(parseRate("500/s")).toEqual(ok(500));
  expect(parseRate("90/m")).toEqual(ok(1.5));
  expect(parseRate("1/h")).toEqual(ok(1 / 3600));
  expect(parseRate("400rps")).toMatchObject({
    ok: false,
    message: expect.stringContaining("did you mean 400/s?"),
  });
  expect(parseRate("400")).toMatchObject({ ok: false, code: "wrong-unit" });
});

test("sizes are whole bytes", () => {
  expect(parseSize("1.5KiB")).toEqual(ok(1536));
  expect(parseSize("2GiB")).toEqual(ok(2 ** 31));
  expect(parseSize("1kb")).toMatchObject({
    ok: false,
    message: expect.stringContaining("did you mean 1KiB?"),
  });
});

test("bandwidths are bytes a second, with or without the second", () => {
  expect(parseBandwidth("10MiB/s")).toEqual(ok(10 * 1024 ** 2));
  expect(parseBandwidth("10MiB")).toEqual(ok(10 * 1024 ** 2));
  expect(parseBandwidth("10")).toMatchObject({ ok: false, code: "wrong-unit" });
});

test("a share is the decimal number nearest to what is written", () => {
  expect(parseShare("99.9%")).toEqual(ok(0.999));
  expect(parseShare("0.1%")).toEqual(ok(0.001));
  expect(parseShare("100%")).toEqual(ok(1));
  expect(parseShare("100.1%")).toMatchObject({ ok: false, code: "out-of-range" });
  expect(parseShare("0.01")).toMatchObject({ ok: false, code: "wrong-unit" });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000 }), (basisPoints) => {
      expect(parseShare(`${basisPoints / 100}%`)).toEqual(ok(basisPoints / 10_000));
    }),
  );
});
