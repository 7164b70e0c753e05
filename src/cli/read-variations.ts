import { Problems } from "../decode/problem.ts";
import { SourceFile } from "../decode/source-file.ts";
import { parseVariation, type Variation } from "../experiment/compare/vary.ts";
import { settingSource } from "../scenario/settings.ts";
import { wrong } from "./compare-options.ts";
import { showProblems } from "./show-problems.ts";

/**
 * Reads all `--vary PATH=A,B,...` of a command. Undefined when there are errors in their text; they have been shown.
 * Throws a CommandError where a path or a value is given twice, or where the seed is varied.
 */
export function readVariations(
  given: readonly string[],
  color: boolean | undefined,
): Variation[] | undefined {
  const problems = new Problems();
  const sources = new Map<string, SourceFile>();
  const variations = given.flatMap((argument) => {
    const name = settingSource("--vary", argument, given.length);
    sources.set(name, new SourceFile(name, argument));
    return parseVariation(argument, problems, name) ?? [];
  });
  if (problems.hasErrors) {
    showProblems(problems.sorted(), sources, color);
    return undefined;
  }
  refuseRepeated(variations);
  return variations;
}

function refuseRepeated(variations: readonly Variation[]): void {
  const paths = variations.map(({ path }) => path);
  for (const [index, { path, values }] of variations.entries()) {
    // Replications are paired by their seeds.
    if (path === "seed") {
      wrong("--vary seed: all settings are run with the same seeds; --replications says with how many");
    }
    if (paths.indexOf(path) < index) wrong(`--vary ${path} is given twice; put all its values into one`);
    const twice = values.find((value, at) => values.indexOf(value) < at);
    if (twice !== undefined) wrong(`--vary ${path}: the value ${twice} is given twice`);
  }
}
