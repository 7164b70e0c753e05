import { expect, test } from "vitest";
import { SECOND } from "../../kernel/time.ts";
import type { RunResult } from "../../simulation/result.ts";
import { defaultRule, findRecovery } from "./recovery.ts";

/** Ten seconds in bins of half a second, ten requests a bin; a fault from 2 s to 4 s. `null`: no requests in the bin. */
function resultOf(successes: readonly (number | null)[], to = 4): RunResult {
  const client = {
    name: "web",
    requests: successes.map((count) => (count === null ? 0 : 10)),
    successes: successes.map((count) => count ?? 0),
  };
  return {
    duration: 10 * SECOND,
    warmup: 0,
    faults: [{ name: "f", text: "", from: 2 * SECOND, to: to * SECOND }],
    series: { bin: SECOND / 2, bins: 20, clients: [client] },
  } as unknown as RunResult;
}

const before = [10, 10, 10, 10];
const during = [0, 0, 0, 0];
const bins = (count: number, value: number | null) => Array.from({ length: count }, () => value);

test("a run that is well after the fault recovers at once", () => {
  expect(findRecovery(resultOf([...before, ...during, ...bins(12, 10)]), defaultRule)).toEqual({
    before: 1,
    time: 0,
  });
});

test("the time is that of the first window from which on all are good", () => {
  const found = findRecovery(
    resultOf([...before, ...during, 10, 10, ...bins(4, 2), ...bins(6, 10)]),
    defaultRule,
  );
  expect(found?.time).toBe(3 * SECOND);
});

test("a relapse at the end is no recovery, and neither is a last good moment", () => {
  const relapse = resultOf([...before, ...during, ...bins(10, 10), 5, 5]);
  expect(findRecovery(relapse, defaultRule)?.time).toBe(Number.POSITIVE_INFINITY);
  const late = resultOf([...before, ...during, ...bins(8, 0), ...bins(4, 10)]);
  expect(findRecovery(late, defaultRule)?.time).toBe(Number.POSITIVE_INFINITY);
});

test("the threshold is a share of the level before", () => {
  const half = resultOf([...bins(4, 8), ...during, ...bins(12, 7)]);
  expect(findRecovery(half, defaultRule)?.time).toBe(Number.POSITIVE_INFINITY);
  expect(findRecovery(half, { ...defaultRule, threshold: 0.85 })).toEqual({ before: 0.8, time: 0 });
});

test("windows without requests are as the one before, the first one bad", () => {
  const silent = resultOf([...before, ...during, ...bins(12, null)]);
  expect(findRecovery(silent, defaultRule)?.time).toBe(Number.POSITIVE_INFINITY);
  const pause = resultOf([...before, ...during, ...bins(4, 10), ...bins(4, null), ...bins(4, 10)]);
  expect(findRecovery(pause, defaultRule)?.time).toBe(0);
});

test("windows begin with the first bin after the fault, and so does time", () => {
  const found = findRecovery(resultOf([...before, ...bins(5, 0), ...bins(11, 10)], 4.25), defaultRule);
  expect(found?.time).toBe(0);
});

test("without requests before the fault there is no level", () => {
  expect(findRecovery(resultOf([...bins(4, null), ...bins(16, 10)]), defaultRule)).toBeUndefined();
});
