import { describe, expect, test } from "vitest";
import { expectation, makeResult } from "../../test/support/result-fixture.ts";
import { judge } from "../experiment/judge.ts";
import type { Expectation } from "../scenario/expectation.ts";
import { explainFailure } from "./worst-moment.ts";

const result = makeResult();

function explain(given: Expectation): string {
  return explainFailure(judge(result, [given])[0]!, result);
}

describe("the reason of a failed expectation", () => {
  test("tells by how much a latency missed, when it was worst, and the fault of that time", () => {
    const text = explain(expectation("web.p99 < 250ms", "<", 250, "web", "p99"));
    const { p99 } = result.series.clients[0]!;
    const bin = p99.indexOf(Math.max(...p99.slice(5).map((value) => value ?? 0)));
    expect(text).toContain("off by 62.7 ms");
    expect(text).toContain(`at ${bin} to ${bin + 1} s, during slow`);
  });

  test("tells the share and the main cause of failures", () => {
    const text = explain(expectation("web.success_rate >= 99.9%", ">=", 0.999, "web", "success_rate"));
    expect(text).toMatch(
      /off by 1\.18 percentage points; worst at \d+ to \d+ s, during slow \(.*UO: a circuit breaker/,
    );
  });

  test("looks only at the expectation's window", () => {
    const text = explain(expectation("web.p99 < 250ms from 40s to 60s", "<", 250, "web", "p99"));
    const from = Number(/worst at (\d+)/.exec(text)?.[1]);
    expect(from).toBeGreaterThanOrEqual(40);
  });

  test("tells only the distance where there is no series", () => {
    const given = expectation("edge.stats[x] > 5", ">", 5, "edge", "stats", "x");
    expect(explain(given)).toBe("off by 5");
  });

  test("is the judge's own where there was nothing to measure", () => {
    const verdict = judge(result, [expectation("web.p99 < 1ms", "<", 1, "web", "p99")])[0]!;
    expect(explainFailure({ ...verdict, actual: null, reason: "no requests" }, result)).toBe("no requests");
  });
});
