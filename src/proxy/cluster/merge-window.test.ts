import { expect, it } from "vitest";
import { MILLISECOND, SECOND } from "../../kernel/time.ts";
import { Stats } from "../../telemetry/stats.ts";
import { MergeWindow, mergeStats } from "./merge-window.ts";

const ms = (time: number) => time * MILLISECOND;

function makeWindow(window = SECOND) {
  const stats = new Stats();
  const merge = new MergeWindow(window, mergeStats(stats));
  const count = (name: string) => stats.counter(`cluster_manager.${name}`).value;
  return { merge, count };
}

it("applies the first update at once, also before time 0", () => {
  const { merge, count } = makeWindow();
  expect(merge.schedule(ms(-9000), true)).toBe("apply");
  expect(count("cluster_updated")).toBe(1);
  expect(count("update_out_of_merge_window")).toBe(1);
});

it("gathers what follows within the window, a whole window long from the first of it", () => {
  const { merge, count } = makeWindow();
  merge.schedule(ms(0), true);
  expect(merge.schedule(ms(600), true)).toBe("arm");
  expect(merge.schedule(ms(700), true)).toBe("wait");
  expect(merge.isPending).toBe(true);
  merge.expire(ms(1600));
  expect(merge.isPending).toBe(false);
  expect(count("cluster_updated")).toBe(1);
  expect(count("cluster_updated_via_merge")).toBe(1);
  expect(merge.schedule(ms(2000), true)).toBe("arm");
});

it("applies an update at once that finds the window over while others still wait", () => {
  const { merge, count } = makeWindow();
  merge.schedule(ms(0), true);
  merge.schedule(ms(600), true);
  expect(merge.schedule(ms(1200), true)).toBe("apply");
  expect(merge.isPending).toBe(false);
  expect(count("update_merge_cancelled")).toBe(1);
  expect(count("update_out_of_merge_window")).toBe(2);
});

it("never keeps back a change of membership", () => {
  const { merge, count } = makeWindow();
  merge.schedule(ms(0), true);
  merge.schedule(ms(100), true);
  expect(merge.schedule(ms(200), false)).toBe("apply");
  expect(count("update_merge_cancelled")).toBe(1);
  // It counts as the last update.
  expect(merge.schedule(ms(1150), true)).toBe("arm");
});

it("compares whole milliseconds, and the end belongs to the window", () => {
  const { merge } = makeWindow();
  merge.schedule(ms(0), true);
  expect(merge.schedule(ms(1000) + 999_999, true)).toBe("arm");
  const { merge: later } = makeWindow();
  later.schedule(ms(0), true);
  expect(later.schedule(ms(1001), true)).toBe("apply");
});

it("applies everything at once with a window of 0", () => {
  const { merge, count } = makeWindow(0);
  for (let time = 0; time < 3; time++) expect(merge.schedule(time, true)).toBe("apply");
  expect(count("cluster_updated")).toBe(3);
  expect(count("update_out_of_merge_window")).toBe(0);
});
