import { type LoadedScenario, type LoadedVariant, loadScenario } from "../experiment/load-scenario.ts";
import { RecordedFiles } from "../experiment/replicate/recorded-files.ts";
import type { ScenarioSource, Study } from "../experiment/replicate/study.ts";
import type { Golden } from "../report/golden/golden.ts";
import type { Shard } from "../report/test/test-report.ts";
import { findScenarios } from "./find-scenarios.ts";
import { readGoldenBeside } from "./golden-files.ts";
import { nodeFiles } from "./node-files.ts";
import { quoteForShell } from "./repeat-command.ts";
import { showProblems } from "./show-problems.ts";
import type { TestOptions } from "./test-options.ts";

/** Scenarios and their variants, loaded and ready to run. */
export interface TestSuite {
  /** Its arms are the cases, in their order. */
  readonly study: Study;
  readonly cases: readonly SuiteCase[];
  /** Of all shards. */
  readonly total: number;
}

export interface SuiteCase {
  /** Place in the whole suite, from 0. */
  readonly index: number;
  readonly file: string;
  readonly scenario: LoadedScenario;
  readonly variant: LoadedVariant;
  /** Of the scenario with its variants; undefined where it has none. */
  readonly golden: Golden | undefined | "unchecked";
  /** The command that shows more of it. */
  readonly look: string;
}

/** Undefined when there are errors in the files; all of them have been told. */
export function loadSuite(
  paths: readonly string[],
  shard: Shard | undefined,
  options: TestOptions,
  tell: typeof showProblems = showProblems,
): TestSuite | undefined {
  const { seed, update } = options;
  const files = new RecordedFiles(nodeFiles);
  const loadOptions = { ...(seed !== undefined && { seed }) };
  const results = findScenarios(paths).map((file) => ({ file, ...loadScenario(file, files, loadOptions) }));
  const broken = results.filter(({ loaded }) => loaded === undefined);
  for (const { problems, sources } of broken) tell(problems, sources, options.color);
  if (broken.length > 0) return undefined;
  const all = results.flatMap(({ file, loaded }) => {
    // A golden of another seed says nothing, one that is about to be written need not be read.
    const golden: SuiteCase["golden"] =
      seed !== undefined || update === true ? "unchecked" : readGoldenBeside(file);
    return loaded!.variants.map((variant) => ({ file, scenario: loaded!, variant, golden }));
  });
  const cases = all
    .map((each, index) => ({ ...each, index, look: lookAt(each.file, each.variant.variant, options) }))
    .filter(({ index }) => shard === undefined || index % shard.count === shard.index - 1);
  return { study: studyOf(cases, files, loadOptions), cases, total: all.length };
}

function studyOf(
  cases: readonly SuiteCase[],
  { texts }: RecordedFiles,
  options: ScenarioSource["options"],
): Study {
  const paths = [...new Set(cases.map(({ file }) => file))];
  return {
    files: texts,
    loads: paths.map((path) => ({ path, options })),
    arms: cases.map(({ file, variant: { variant } }) => ({
      name: variant ?? "base",
      load: paths.indexOf(file),
      variant,
      metrics: [],
    })),
  };
}

function lookAt(file: string, variant: string | null, { seed }: TestOptions): string {
  const chosen = variant === null ? [] : ["--variant", variant];
  const seeded = seed === undefined ? [] : ["--seed", seed];
  return ["meshsim", "run", file, ...chosen, ...seeded].map(quoteForShell).join(" ");
}
