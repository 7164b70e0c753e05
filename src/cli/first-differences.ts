import type { Comparison } from "../experiment/compare/comparison.ts";
import { type FirstDifferences, isNotAfter } from "../experiment/compare/first-difference.ts";
import { firstPartThatDiffers } from "../experiment/replicate/outcome-marks.ts";
import type { Job, Replicate } from "../experiment/replicate/study.ts";
import type { FirstDifferenceReport } from "../report/compare/comparison-report.ts";
import type { Replicator } from "./replicator.ts";

/**
 * The first requests of replication 0 that differ from those of the first arm, for each variant that is not the same. The marks of
 * both runs say from when on they must be looked for; the worker threads run them again.
 */
export async function findFirstDifferences(
  { arms }: Comparison,
  replicates: readonly Replicate[],
  runner: Replicator,
): Promise<FirstDifferenceReport[]> {
  const firsts = arms.map((_, arm) => replicates.find((each) => each.arm === arm && each.replication === 0));
  const different = firsts.flatMap((first, arm) =>
    arm > 0 && first !== undefined && firsts[0] !== undefined && !arms[arm]!.isSame ? [first] : [],
  );
  const jobs = different.flatMap((first) => searchesOf(first, firsts[0]!));
  const answers = await runner.run(jobs);
  if (runner.isInterrupted) return [];
  const found = ({ arm }: Replicate, what: keyof FirstDifferences) =>
    answers[jobs.findIndex((job) => job.arm === arm && job.search?.what === what)]?.difference;
  return different.map((first) => {
    const outcome = found(first, "outcome");
    const host = found(first, "host");
    // Where hosts differ only later, that is a consequence.
    const isCause = host !== undefined && (outcome === undefined || isNotAfter(host.from, outcome.from));
    const { name } = arms[first.arm]!;
    return { of: name, from: arms[0]!.name, first: { outcome, host: isCause ? host : undefined } };
  });
}

function searchesOf({ arm, marks, result }: Replicate, base: Replicate): Job[] {
  const { duration } = result!;
  const search = (what: keyof FirstDifferences, own: readonly number[], other: readonly number[]): Job[] => {
    const since = firstPartThatDiffers(own, other, duration);
    return since === undefined ? [] : [{ arm, replication: 0, search: { from: base.arm, what, since } }];
  };
  return [
    ...search("outcome", marks!.outcomes, base.marks!.outcomes),
    ...search("host", marks!.hosts, base.marks!.hosts),
  ];
}
