import { expect, it } from "vitest";
import { headOf } from "../../../test/support/heads.ts";
import { MILLISECOND, SECOND } from "../../kernel/time.ts";
import { effectiveTimeouts } from "./timeouts.ts";

const head = headOf({
  headers: [
    ["x-envoy-upstream-rq-timeout-ms", "30"],
    ["x-envoy-upstream-rq-per-try-timeout-ms", "20"],
  ],
});

it("takes headers of internal requests only", () => {
  expect(effectiveTimeouts(SECOND, 0, head, true)).toEqual({
    global: 30 * MILLISECOND,
    perTry: 20 * MILLISECOND,
  });
  expect(effectiveTimeouts(SECOND, 0, head, false)).toEqual({ global: SECOND, perTry: 0 });
});

it("drops a per-try timeout that is not shorter than the route's, unless that is none", () => {
  expect(effectiveTimeouts(SECOND, SECOND, head, false)).toEqual({ global: SECOND, perTry: 0 });
  expect(effectiveTimeouts(SECOND, SECOND - 1, head, false).perTry).toBe(SECOND - 1);
  expect(effectiveTimeouts(0, 2 * SECOND, head, false).perTry).toBe(2 * SECOND);
});

it("keeps an absurdly long timeout in the range of exact numbers", () => {
  const long = headOf({ headers: [["x-envoy-upstream-rq-timeout-ms", "18446744073709551615"]] });
  const { global } = effectiveTimeouts(SECOND, 0, long, true);
  expect(Number.isSafeInteger(global + global)).toBe(true);
});
