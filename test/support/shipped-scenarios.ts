import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { judge, type Verdict } from "../../src/experiment/judge.ts";
import { type LoadedScenario, type LoadResult, loadScenario } from "../../src/experiment/load-scenario.ts";
import { simulate } from "../../src/experiment/simulate.ts";

const folder = fileURLToPath(new URL("../../scenarios/", import.meta.url));
const files = {
  read: (path: string) => readFileSync(path, "utf8"),
  beside: (path: string, name: string) => join(dirname(path), name),
};

/** Names of the scenarios that come with the project. */
export const shippedScenarios: readonly string[] = readdirSync(folder)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => name.slice(0, -".yaml".length))
  .sort();

/** Loads a shipped scenario; `seed` replaces its own. */
export function loadShipped(name: string, seed: number): LoadResult {
  return loadScenario(`${folder}${name}.yaml`, files, { seed: String(seed) });
}

/** Runs one variant (null: the base) and holds it against its own expectations and against the base's. */
export function judgeVariant(
  scenario: LoadedScenario,
  variant: string | null,
): { own: Verdict[]; asBase: Verdict[] } {
  const base = scenario.variants[0]!.expectations;
  const { expectations } = scenario.variants.find((one) => one.variant === variant)!;
  const result = simulate(scenario, { variant, windows: base.flatMap(({ window }) => window ?? []) });
  return { own: judge(result, expectations), asBase: judge(result, base) };
}
