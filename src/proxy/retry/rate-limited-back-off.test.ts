import { expect, it } from "vitest";
import { messageOf } from "../../../test/support/message.ts";
import { scripted64 } from "../../../test/support/scripted64.ts";
import { SECOND } from "../../kernel/time.ts";
import { askedIntervalMs, jitteredIntervalMs, readRateLimitedBackOff } from "./rate-limited-back-off.ts";

const backOff = readRateLimitedBackOff(
  messageOf({
    max_interval: "60s",
    reset_headers: [{ name: "Retry-After" }, { name: "x-reset", format: "UNIX_TIMESTAMP" }],
  }),
)!;
const asked = (headers: Readonly<Record<string, string>>, now = 0) =>
  askedIntervalMs(backOff, new Map(Object.entries(headers)), now);

it("takes the first header that gives an interval within the limit", () => {
  expect(asked({ "retry-after": "7", "x-reset": "9" })).toBe(7000);
  expect(asked({ "retry-after": "61", "x-reset": "9" })).toBe(9000);
  expect(asked({ "retry-after": "soon" })).toBeUndefined();
  expect(asked({})).toBeUndefined();
});

it("reads a time of the virtual clock in whole seconds, but none that has gone by", () => {
  expect(asked({ "x-reset": "15" }, 10.9 * SECOND)).toBe(5000);
  expect(asked({ "x-reset": "9" }, 10 * SECOND)).toBeUndefined();
});

it("adds less than half of the interval", () => {
  expect(jitteredIntervalMs(1000, scripted64(["0"]))).toBe(1000);
  expect(jitteredIntervalMs(1000, scripted64(["499"]))).toBe(1499);
  expect(jitteredIntervalMs(1000, scripted64(["500"]))).toBe(1000);
});
