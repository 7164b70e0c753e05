import { appendFileSync } from "node:fs";
import { basename, dirname, isAbsolute, relative, resolve } from "node:path";
import { plainStyle } from "../report/style.ts";
import { formatAnnotations, formatStepSummary } from "../report/test/github.ts";
import { formatTestJson } from "../report/test/json.ts";
import { formatJunit } from "../report/test/junit.ts";
import type { TestReport } from "../report/test/test-report.ts";
import { formatTestText } from "../report/test/text.ts";
import { styleFor } from "./colour.ts";
import { CommandError, ExitCode } from "./exit-code.ts";
import { OutputDirectory } from "./output-directory.ts";
import { print } from "./standard-output.ts";
import type { Reporter, ReporterTarget, TestOptions } from "./test-options.ts";

/** Writes each reporter's text; files come first, since the reader of standard output may have gone. */
export function writeTestReport(
  report: TestReport,
  targets: readonly ReporterTarget[],
  options: TestOptions,
): void {
  if (targets.some(({ reporter }) => reporter === "github")) appendStepSummary(report);
  for (const { reporter, file } of targets) {
    if (file === undefined) continue;
    new OutputDirectory(dirname(file)).write(basename(file), textOf(reporter, report, file, options));
  }
  for (const { reporter, file } of targets) {
    if (file !== undefined || (reporter === "default" && options.quiet === true)) continue;
    print(textOf(reporter, report, undefined, options));
  }
}

function textOf(
  reporter: Reporter,
  report: TestReport,
  file: string | undefined,
  { color }: TestOptions,
): string {
  switch (reporter) {
    case "default":
      return formatTestText(report, file === undefined ? styleFor("stdout", color) : plainStyle);
    case "junit":
      return formatJunit(report);
    case "github":
      return formatAnnotations(report, pathInRepository);
    case "json":
      return formatTestJson(report);
  }
}

/** GitHub names the file for it in the environment of a step. */
function appendStepSummary(report: TestReport): void {
  const path = process.env.GITHUB_STEP_SUMMARY;
  if (path === undefined || path === "") return;
  try {
    appendFileSync(path, formatStepSummary(report));
  } catch (error) {
    throw new CommandError(ExitCode.notWritten, `cannot write ${path}: ${(error as Error).message}`);
  }
}

/** Annotations name files from the root of the repository, wherever the command runs. */
function pathInRepository(file: string): string {
  const root = process.env.GITHUB_WORKSPACE;
  if (root === undefined || root === "") return file;
  const path = relative(root, resolve(file));
  return path.startsWith("..") || isAbsolute(path) ? file : path;
}
