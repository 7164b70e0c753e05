import { type LoadedScenario, type LoadOptions, loadScenario } from "../../src/experiment/load-scenario.ts";
import { type SimulateOptions, simulate } from "../../src/experiment/simulate.ts";
import type { RunResult } from "../../src/simulation/result.ts";

export type { RunResult };

/** Files of a test by name; the scenario is `scenario.yaml`. */
export type TestFiles = Readonly<Record<string, string>>;

/** Loads `scenario.yaml` out of these files; throws what the user would be told, if there are errors. */
export function loadTestScenario(files: TestFiles, options: LoadOptions = {}): LoadedScenario {
  const { problems, loaded } = loadScenario("scenario.yaml", inMemory(files), options);
  if (loaded !== undefined) return loaded;
  const lines = problems.map(
    ({ location, severity, message }) => `${location.file}:${location.line}: ${severity}: ${message}`,
  );
  throw new Error(lines.join("\n"));
}

/** Runs `scenario.yaml` out of these files once. */
export function runTestScenario(files: TestFiles, options: LoadOptions & SimulateOptions = {}): RunResult {
  return simulate(loadTestScenario(files, options), options);
}

export function inMemory(files: TestFiles) {
  return {
    read(path: string): string {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error(`no such file: ${path}`), { code: "ENOENT" });
      return text;
    },
    beside: (_path: string, name: string) => name,
  };
}
