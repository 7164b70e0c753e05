import fc from "fast-check";
import { expect, test } from "vitest";
import { EdfScheduler } from "./edf-scheduler.ts";

/** The same schedule by searching all entries, straight from the definition. */
function naivePicks(weights: readonly number[], count: number): number[] {
  let time = 0;
  let order = 0;
  const entries = weights.map((weight, entry) => ({ entry, deadline: 1 / weight, order: order++ }));
  return Array.from({ length: count }, () => {
    const next = entries.reduce((a, b) =>
      b.deadline < a.deadline || (b.deadline === a.deadline && b.order < a.order) ? b : a,
    );
    time = next.deadline;
    next.deadline = time + 1 / weights[next.entry]!;
    next.order = order++;
    return next.entry;
  });
}

test("picks by earliest deadline, ties in the order of insertion", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 200 }),
      (weights, count) => {
        const scheduler = new EdfScheduler<number>((entry) => weights[entry]!);
        for (const entry of weights.keys()) scheduler.add(entry);
        expect(Array.from({ length: count }, () => scheduler.pickAndAdd())).toEqual(
          naivePicks(weights, count),
        );
      },
    ),
  );
});

test("picks each entry by its weight, wherever the seed makes it start", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 12 }),
      fc.integer({ min: 0, max: 0xffffffff }),
      (weights, seed) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const scheduler = EdfScheduler.createWithPicks([...weights.keys()], (entry) => weights[entry]!, seed);
        const counts = weights.map(() => 0);
        for (let pick = 0; pick < 10 * total; pick++) counts[scheduler.pickAndAdd()]!++;
        // In any stretch an entry is at most one pick off at each end.
        counts.forEach((count, i) => {
          expect(Math.abs(count - 10 * weights[i]!)).toBeLessThanOrEqual(2);
        });
      },
    ),
  );
});
