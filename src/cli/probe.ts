import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ProbeResult } from "../experiment/probe/probe.ts";
import { type ProbedCase, type ProbeFolders, probeTree } from "../experiment/probe/probe-tree.ts";
import { RECORDING_NAMES } from "../experiment/probe/write-recording.ts";
import { formatProbe } from "../report/probe-table.ts";
import { styleFor } from "./colour.ts";
import { CommandError, ExitCode } from "./exit-code.ts";
import { OutputDirectory } from "./output-directory.ts";
import { print } from "./standard-output.ts";

/** Says why a case could not be run. */
const ERROR_FILE = "error.txt";

export interface ProbeCommandOptions {
  readonly out?: string;
  readonly seed?: string;
  readonly color?: boolean;
}

/** `meshsim probe DIR`: sends listed requests through a configuration, case by case. */
export function probeCommand(directory: string, { out, seed, color }: ProbeCommandOptions): ExitCode {
  if (!existsSync(directory)) throw new CommandError(ExitCode.badInput, `there is no folder ${directory}`);
  let cases = 0;
  let failures = 0;
  for (const probed of probeTree(nodeFolders, directory, seed === undefined ? {} : { seed })) {
    cases++;
    if (probed.result.kind === "failed") failures++;
    tell(directory, probed);
    if (out === undefined)
      print(formatProbe(probed.steps.join("/"), probed.result, styleFor("stdout", color)));
    else write(join(out, ...probed.steps), probed.result);
  }
  if (cases === 0) throw new CommandError(ExitCode.badInput, `${directory} holds no case with an envoy.yaml`);
  return failures > 0 ? ExitCode.badInput : ExitCode.fine;
}

/** What keeps a case from running, and what the simulation leaves out of it. */
function tell(directory: string, { steps, result }: ProbedCase): void {
  const at = join(directory, ...steps);
  if (result.kind === "failed") {
    process.stderr.write(`${join(at, result.reason)}\n`);
    return;
  }
  for (const { location, severity, message, path } of result.notSimulated) {
    const { file, line, column } = location;
    process.stderr.write(`${join(at, file)}:${line}:${column}: ${severity}: ${message} [${path}]\n`);
  }
}

/** What an earlier probe of the case has written is replaced as a whole. */
function write(directory: string, result: ProbeResult): void {
  const output = new OutputDirectory(directory);
  for (const name of [...RECORDING_NAMES, ERROR_FILE]) output.remove(name);
  if (result.kind === "failed") output.write(ERROR_FILE, `${result.reason}\n`);
  else for (const { name, text } of result.files) output.write(name, text);
}

const nodeFolders: ProbeFolders = {
  foldersIn: (path) =>
    readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort(),
  hasFile: (path, name) => existsSync(join(path, name)),
  read: (path, name) => readFileSync(join(path, name), "utf8"),
};
