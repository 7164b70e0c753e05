import { judge } from "../experiment/judge.ts";
import type { Replicate } from "../experiment/replicate/study.ts";
import { tellRequests } from "../experiment/story/tell-requests.ts";
import { roundOrNull } from "../report/figures.ts";
import { goldenDifferences } from "../report/golden/differences.ts";
import { type Golden, type GoldenRun, makeGoldenRun } from "../report/golden/golden.ts";
import { goldenPathOf } from "../report/golden/golden-file.ts";
import { goldenLines } from "../report/golden/text.ts";
import type { TestCase, TestedExpectation, TestedGolden } from "../report/test/test-report.ts";
import { explainFailure } from "../report/worst-moment.ts";
import type { SuiteCase } from "./test-suite.ts";

/** What the runs of one case come to, the first of them with the scenario's own seed. */
export function outcomeOf(suiteCase: SuiteCase, replicates: readonly Replicate[], seeds: number): TestCase {
  const { index, file, scenario, variant, look } = suiteCase;
  const expectations = testExpectations(suiteCase, replicates);
  const golden = testGolden(suiteCase, replicates[0]);
  const judged = judgement(expectations, golden);
  return {
    index,
    file,
    scenario: scenario.name,
    variant: variant.variant,
    state: judged !== "failed" && replicates.length < seeds ? "not-run" : judged,
    seed: variant.plan.scenario.seed,
    digest: replicates[0]?.digest ?? null,
    expectations,
    golden,
    look,
  };
}

function judgement(expectations: readonly TestedExpectation[], golden: TestedGolden) {
  if (expectations.some(({ pass }) => !pass) || golden.state === "differs") return "failed";
  return expectations.length === 0 && golden.state !== "same" ? "unjudged" : "passed";
}

function testExpectations({ variant }: SuiteCase, replicates: readonly Replicate[]): TestedExpectation[] {
  return variant.expectations.map(({ text, location }, index) => {
    const broken = replicates.find(({ verdicts }) => !verdicts[index]!.pass);
    const shown = (broken ?? replicates[0])?.verdicts[index];
    const unit = shown?.unit ?? "number";
    return {
      text,
      line: location.line,
      pass: broken === undefined,
      actual: unit === "count" ? (shown?.actual ?? null) : roundOrNull(shown?.actual ?? null),
      unit,
      held: replicates.filter(({ verdicts }) => verdicts[index]!.pass).length,
      n: replicates.length,
      failure: broken === undefined ? null : { seed: broken.seed, why: why(variant, broken, index) },
    };
  });
}

/** Results of runs in which an expectation failed are there. */
function why({ expectations }: SuiteCase["variant"], { result }: Replicate, index: number): string {
  return explainFailure(judge(result!, [expectations[index]!])[0]!, result!);
}

function testGolden(suiteCase: SuiteCase, replicate: Replicate | undefined): TestedGolden {
  const { file, variant, golden, scenario } = suiteCase;
  const tested = { file: goldenPathOf(file), lines: [], figures: [] };
  if (golden === undefined) return { ...tested, state: "absent" };
  if (golden === "unchecked" || replicate === undefined) return { ...tested, state: "unchecked" };
  const was = goldenRunOf(golden, variant.variant);
  const strangers = variant.variant === null ? unknownVariants(suiteCase, golden) : [];
  if (golden.seed !== replicate.seed) {
    return {
      ...tested,
      state: "differs",
      lines: [`it is of seed ${golden.seed}, the scenario has ${replicate.seed}`],
    };
  }
  if (was === undefined) {
    return { ...tested, state: "differs", lines: ["it knows no such variant; --update adds it"] };
  }
  const is = makeGoldenRun(replicate.result!, replicate.fates!);
  const differences = goldenDifferences(was, is, variant.plan.scenario.duration);
  if (differences === undefined) {
    return { ...tested, state: strangers.length === 0 ? "same" : "differs", lines: strangers };
  }
  const firsts = differences.clients.flatMap(({ client, first }) =>
    first === undefined ? [] : [{ client, ordinal: first.ordinal }],
  );
  const stories = firsts.length === 0 ? [] : tellRequests(scenario, variant.variant, firsts);
  return {
    ...tested,
    state: "differs",
    lines: [...goldenLines(differences, stories), ...strangers],
    figures: differences.figures,
  };
}

function unknownVariants({ scenario }: SuiteCase, { variants }: Golden): string[] {
  const known = new Set(scenario.variants.map(({ variant }) => variant));
  const gone = [...variants.keys()].filter((name) => !known.has(name));
  return gone.length === 0
    ? []
    : [`it has ${gone.join(", ")}, which the scenario has not; --update removes it`];
}

function goldenRunOf({ base, variants }: Golden, variant: string | null): GoldenRun | undefined {
  return variant === null ? base : variants.get(variant);
}
