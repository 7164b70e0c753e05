import { type ExplainOptions, explain } from "../experiment/explain/explain.ts";
import type { MemberEdit } from "../experiment/explain/member-edits.ts";
import { formatDiagnostics } from "../report/diagnostics.ts";
import { explanationJson } from "../report/explain-json.ts";
import { formatExplanation } from "../report/explain-text.ts";
import { styleFor } from "./colour.ts";
import { CommandError, ExitCode } from "./exit-code.ts";
import { nodeFiles } from "./node-files.ts";
import { print } from "./standard-output.ts";
import { version } from "./version.ts";

/** Options of `explain` as the command line gives them. */
export interface ExplainCommandOptions {
  readonly request?: readonly string[];
  readonly count?: string;
  readonly listener?: string;
  readonly cluster?: string;
  readonly proxy?: string;
  readonly variant?: string;
  readonly set?: readonly string[];
  /** In the order given. */
  readonly edits: readonly MemberEdit[];
  readonly seed?: string;
  readonly json?: true;
  readonly color?: boolean;
}

const MOST_REQUESTS = 10_000_000;

/** `meshsim explain CONFIG --request TEXT`: what a proxy does with requests, and why. */
export function explainCommand(path: string, options: ExplainCommandOptions): ExitCode {
  const { request = [], cluster, color } = options;
  if (request.length === 0 && cluster === undefined)
    throw new CommandError(
      ExitCode.badInput,
      'explain: say what to explain: --request "GET /cart host=shop.example", or --cluster NAME',
    );
  const { problems, sources, explanation } = explain(path, nodeFiles, explainOptions(options));
  const told = problems.filter(({ severity }) => explanation === undefined || severity === "warning");
  process.stderr.write(formatDiagnostics(told, sources, styleFor("stderr", color)));
  if (explanation === undefined) return ExitCode.badInput;
  print(
    options.json === true
      ? explanationJson(explanation, version)
      : formatExplanation(explanation, version, styleFor("stdout", color)),
  );
  return ExitCode.fine;
}

function explainOptions(options: ExplainCommandOptions): ExplainOptions {
  const { request = [], count, listener, cluster, proxy, variant, set, edits, seed } = options;
  if (seed === "") throw new CommandError(ExitCode.badInput, "--seed: the seed must not be empty");
  return {
    requests: request,
    count: readCount(count),
    edits,
    ...(listener !== undefined && { listener }),
    ...(cluster !== undefined && { cluster }),
    ...(proxy !== undefined && { proxy }),
    ...(variant !== undefined && { variant }),
    ...(set !== undefined && { settings: set }),
    ...(seed !== undefined && { seed }),
  };
}

function readCount(text = "1"): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= MOST_REQUESTS) return count;
  throw new CommandError(
    ExitCode.badInput,
    `--count: "${text}" is not a whole number from 1 to ${MOST_REQUESTS}`,
  );
}
