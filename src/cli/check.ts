import type { Problem } from "../decode/problem.ts";
import type { SourceFile } from "../decode/source-file.ts";
import { checkBootstrap } from "../experiment/check-bootstrap.ts";
import { isEnvoyConfiguration } from "../experiment/envoy-configuration.ts";
import { loadScenario } from "../experiment/load-scenario.ts";
import { formatDiagnostics } from "../report/diagnostics.ts";
import { styleFor } from "./colour.ts";
import { CommandError, ExitCode } from "./exit-code.ts";
import { nodeFiles } from "./node-files.ts";
import { print } from "./standard-output.ts";

export interface CheckOptions {
  readonly format: string;
  readonly color?: boolean;
}

interface Checked {
  readonly problems: readonly Problem[];
  readonly sources: ReadonlyMap<string, SourceFile>;
}

/** `meshsim check FILE...`: every problem of scenarios and Envoy configurations. */
export function check(paths: readonly string[], { format, color }: CheckOptions): ExitCode {
  if (format !== "text" && format !== "json") {
    throw new CommandError(ExitCode.badInput, `--format: "${format}" is not known; use text or json`);
  }
  const checked = paths.map(checkFile);
  const problems = checked.flatMap((file) => file.problems);
  if (format === "json") print(`${JSON.stringify(problems.map(toJson), null, 2)}\n`);
  else
    for (const file of checked)
      print(formatDiagnostics(file.problems, file.sources, styleFor("stdout", color)));
  return problems.some(({ severity }) => severity === "error") ? ExitCode.badInput : ExitCode.fine;
}

/** A file is an Envoy configuration if it has the keys of one. */
function checkFile(path: string): Checked {
  return namesEnvoyConfiguration(path) ? checkBootstrap(path, nodeFiles) : loadScenario(path, nodeFiles);
}

/** Whether the file at this path has the keys of an Envoy configuration. */
export function namesEnvoyConfiguration(path: string): boolean {
  try {
    return isEnvoyConfiguration(nodeFiles.read(path));
  } catch {
    // A file that cannot be read is reported by whoever loads it.
    return false;
  }
}

function toJson({ location, code, severity, path, message, remedy }: Problem) {
  const { file, line, column } = location;
  return { file, line, column, code, severity, path, message, remedy };
}
