import { expect, test } from "vitest";
import { makeResult } from "../../../../test/support/result-fixture.ts";
import { SECOND } from "../../../kernel/time.ts";
import { drawSvg } from "../../charts/draw.ts";
import type { ComparisonReport } from "../comparison-report.ts";
import { overTimeChart } from "./over-time.ts";

type Parts = readonly (number | null)[];

/** Of one client, by the p99 of its parts in each replication; where there is one, all succeed. */
function reportOf(...replications: readonly Parts[]): ComparisonReport {
  const result = makeResult();
  const { name } = result.series.clients[0]!;
  const arm = { name: "base", n: replications.length, events: 1, isSame: false, expectations: [] };
  return {
    version: "1.2.3",
    scenario: "t",
    seed: "7",
    replications: replications.length,
    isInterrupted: false,
    comparison: { arms: [arm], metrics: [] },
    firstDifferences: [],
    results: [{ arm: "base", result }],
    overTime: [
      {
        arm: "base",
        replications: replications.map((p99) => ({
          part: SECOND,
          end: p99.length * SECOND,
          clients: [{ name, p99, successRate: p99.map((ms) => (ms === null ? null : 1)) }],
        })),
      },
    ],
    notes: [],
    repeat: [],
  };
}

// The drawing throws where an axis has no values.
test("parts in which fewer than two replications wanted anything have no interval", async () => {
  const svg = await drawSvg(overTimeChart(reportOf([1, null, 3], [null, 2, null]))!);
  expect(svg).not.toContain("mark-area");
  expect(await drawSvg(overTimeChart(reportOf([1, 2, 3], [2, 3, 4]))!)).toContain("mark-area");
});

test("clients that never wanted anything are left out, and the chart where there is no other", () => {
  expect(overTimeChart(reportOf([null, null], [null, null]))).toBeUndefined();
});

test("what failed at once is at the foot of the axis, and 0 in the table", async () => {
  const chart = overTimeChart(reportOf([5, 0, 7], [6, 0, 8]))!;
  expect(chart.table.rows[1]!.slice(-3)).toEqual([0, 0, 0]);
  expect((await drawSvg(chart)).split("logarithmic")[0]).toMatch(/>0<[^>]*>[^>]*>5<[^>]*>[^>]*>10</);
});
