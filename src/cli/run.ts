import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "../decode/problem.ts";
import { judge } from "../experiment/judge.ts";
import { type LoadedScenario, loadScenario } from "../experiment/load-scenario.ts";
import { startRun, variantOf } from "../experiment/simulate.ts";
import { StandstillError } from "../kernel/standstill.ts";
import { formatJson } from "../report/json.ts";
import type { RunReport } from "../report/run-report.ts";
import { formatSummary } from "../report/summary/summary.ts";
import { formatAccessLog } from "../telemetry/access-log.ts";
import { styleFor } from "./colour.ts";
import { CommandError, ExitCode } from "./exit-code.ts";
import { nodeFiles } from "./node-files.ts";
import { OutputDirectory } from "./output-directory.ts";
import { runInSteps } from "./progress.ts";
import { repeatCommand } from "./repeat-command.ts";
import { parseWindows, type RunOptions } from "./run-options.ts";
import { showProblems } from "./show-problems.ts";
import { print } from "./standard-output.ts";
import { version } from "./version.ts";
import { writeThenPrint } from "./write-then-print.ts";

const ACCESS_LOG = "access.log";

/** `meshsim run FILE...`: simulates each scenario once; the answer is the worst of their codes. */
export async function run(paths: readonly string[], options: RunOptions): Promise<ExitCode> {
  checkOptions(options);
  const loaded = paths.map((path) => ({ path, scenario: load(path, options) }));
  if (loaded.some(({ scenario }) => scenario === undefined)) return ExitCode.badInput;
  refuseClashes(
    loaded.map(({ scenario }) => scenario!.scenario.name),
    options,
  );
  let worst: ExitCode = ExitCode.fine;
  for (const { path, scenario } of loaded) {
    const code = await runOne(path, scenario!, paths.length, options);
    if (code > worst) worst = code;
    if (code === ExitCode.interrupted) break;
  }
  return worst;
}

/** Several scenarios need a place each for what they put out. */
function refuseClashes(names: readonly string[], { json }: RunOptions): void {
  if (json === true && names.length > 1) {
    throw new CommandError(ExitCode.badInput, "--json prints one document: give one scenario");
  }
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) {
    throw new CommandError(
      ExitCode.badInput,
      `two scenarios are called "${twice}", so their files would overwrite one another; run them one at a time`,
    );
  }
}

interface Loaded {
  readonly scenario: LoadedScenario;
  readonly problems: readonly Problem[];
}

/** Options that do nothing together are a mistake of the user's. */
function checkOptions({ json, out, accessLog }: RunOptions): void {
  if (accessLog === true && json === true && out === undefined) {
    throw new CommandError(
      ExitCode.badInput,
      "--access-log writes a file: with --json say where, with --out DIR",
    );
  }
}

/** Undefined when there are errors, or warnings and `--strict`; they have been shown. */
function load(path: string, options: RunOptions): Loaded | undefined {
  const { problems, sources, loaded } = loadScenario(path, nodeFiles, {
    ...(options.set !== undefined && { settings: options.set }),
    ...(options.seed !== undefined && { seed: options.seed }),
    ...(options.duration !== undefined && { duration: options.duration }),
  });
  const refused = options.strict === true && problems.some(({ severity }) => severity === "warning");
  if (loaded === undefined || refused) {
    showProblems(problems, sources, options.color);
    return undefined;
  }
  checkVariant(path, loaded, options);
  return { scenario: loaded, problems };
}

function checkVariant(path: string, { variants }: LoadedScenario, { variant }: RunOptions): void {
  if (variant === undefined || variants.some((each) => each.variant === variant)) return;
  const names = variants.flatMap((each) => each.variant ?? []);
  const known = names.length === 0 ? "it has none" : `it has ${names.join(", ")}`;
  throw new CommandError(ExitCode.badInput, `${path} has no variant "${variant}"; ${known}`);
}

async function runOne(
  path: string,
  { scenario, problems }: Loaded,
  count: number,
  options: RunOptions,
): Promise<ExitCode> {
  const variant = options.variant ?? null;
  const windows = parseWindows(options.windows);
  const directory = outputDirectory(scenario.name, variant, count, options);
  const { result, planned } = await simulateTo(scenario, variant, windows, directory, options);
  const verdicts = planned === undefined ? judge(result, variantOf(scenario, variant).expectations) : [];
  const notes = problems.filter(({ severity }) => severity !== "error");
  const report: RunReport = {
    version,
    result,
    ...(planned !== undefined && { planned }),
    verdicts,
    notes,
    windows,
    repeat: repeatCommand(path, options),
  };
  const write = async (to: OutputDirectory) => {
    // The chart libraries take a quarter of a second to load: not without a reason.
    const { writeReports } = await import("./write-reports.ts");
    await writeReports(report, to);
  };
  const verdict = verdicts.every(({ pass }) => pass) ? ExitCode.fine : ExitCode.failed;
  const code = planned === undefined ? verdict : ExitCode.interrupted;
  await writeThenPrint(directory, code, write, (written) => {
    if (options.json === true) print(formatJson(report));
    else if (options.quiet !== true) print(formatSummary(report, written, styleFor("stdout", options.color)));
  });
  return code;
}

/** With `--json` files are written only where `--out` says so: a program reads the document. */
function outputDirectory(
  name: string,
  variant: string | null,
  count: number,
  { out, json }: RunOptions,
): OutputDirectory | null {
  if (json === true && out === undefined) return null;
  const own = variant === null ? [name] : [name, variant];
  if (out === undefined) return new OutputDirectory(join("reports", "runs", ...own));
  return new OutputDirectory(count === 1 ? out : join(out, ...own));
}

/** A result, and the duration that it should have had where an interrupt broke it off. */
type Simulated = Pick<RunReport, "result" | "planned">;

async function simulateTo(
  scenario: LoadedScenario,
  variant: string | null,
  windows: RunReport["windows"],
  directory: OutputDirectory | null,
  options: RunOptions,
): Promise<Simulated> {
  const { scenario: spec } = variantOf(scenario, variant).plan;
  const log =
    options.accessLog === true && directory !== null ? new LogFile(directory.prepare(ACCESS_LOG)) : null;
  try {
    const started = startRun(scenario, {
      variant,
      windows: windows.map(({ window }) => window),
      ...(log !== null && { accessLog: (record) => log.write(`${formatAccessLog(record)}\n`) }),
    });
    const isInterrupted = await runInSteps(started, spec, options);
    if (isInterrupted && !started.breakOff()) throw new CommandError(ExitCode.interrupted, "interrupted");
    return { result: started.result(), ...(isInterrupted && { planned: spec.duration }) };
  } catch (error) {
    if (error instanceof StandstillError) throw new CommandError(ExitCode.badInput, error.message);
    throw error;
  } finally {
    log?.close();
  }
}

const LOG_BUFFER_LENGTH = 1 << 16;

/** Lines gathered and written in pieces. */
class LogFile {
  private readonly path: string;
  private readonly descriptor: number;
  private waiting = "";

  constructor(path: string) {
    this.path = path;
    this.descriptor = openSync(path, "w");
  }

  write(line: string): void {
    this.waiting += line;
    if (this.waiting.length >= LOG_BUFFER_LENGTH) this.flush();
  }

  close(): void {
    this.flush();
    closeSync(this.descriptor);
  }

  private flush(): void {
    try {
      writeSync(this.descriptor, this.waiting);
    } catch (error) {
      throw new CommandError(ExitCode.notWritten, `cannot write ${this.path}: ${(error as Error).message}`);
    }
    this.waiting = "";
  }
}
