import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { probe } from "../../src/experiment/probe/probe.ts";
import { findEnvoy } from "./envoy/find-envoy.ts";
import { inputFiles } from "./judge.ts";
import { sharesOf } from "./make-cases.ts";
import { claimNetwork } from "./network.ts";
import { type Options, readOptions, USAGE, UsageError } from "./options.ts";
import {
  count,
  describe,
  emptyTally,
  outlineOf,
  type Tally,
  tallyLine,
  verdictOf,
  writeCase,
} from "./report.ts";
import { type Outcome, type RunContext, runKind } from "./run.ts";

const AGREE = 0;
const DIFFER = 1;
const WRONG_OPTIONS = 2;
const NO_ENVOY = 5;

/** Compares meshsim with the real Envoy on new random cases; returns the exit code. */
export async function conformance(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  print: (line: string) => void,
): Promise<number> {
  let options: Options;
  try {
    options = readOptions(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    print(`${error.message}\n${USAGE}`);
    return WRONG_OPTIONS;
  }
  if (options.help) {
    print(USAGE);
    return AGREE;
  }
  const cache = join(tmpdir(), "meshsim-conformance-envoy");
  const { envoy: path, mayInstall } = options;
  const found = findEnvoy({ path, environment, cache, mayInstall });
  if ("command" in found) return compareAll(options, found.command, print);
  print(`No Envoy to compare with: ${found.missing}.`);
  if (options.allowSkip) print("Skipped, as --allow-skip says.");
  return options.allowSkip ? AGREE : NO_ENVOY;
}

async function compareAll(options: Options, command: string, print: (line: string) => void): Promise<number> {
  const network = await claimNetwork();
  const folder = mkdtempSync(join(tmpdir(), "meshsim-conformance-run-"));
  try {
    const tallies = await compareKinds(options, { command, network, folder, probe }, print);
    for (const [kind, tally] of tallies) print(tallyLine(kind, tally));
    const total = sum([...tallies.values()]);
    print(tallyLine("all", total));
    print(`${total.agree} agree, ${total.differ} differ`);
    return total.differ === 0 ? AGREE : DIFFER;
  } finally {
    network.release();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compareKinds(options: Options, context: RunContext, print: (line: string) => void) {
  const tallies = new Map<string, Tally>();
  let described = 0;
  for (const { kind, seed, numbers } of plan(options)) {
    const tally = emptyTally();
    tallies.set(kind, tally);
    for await (const outcome of runKind(kind, seed, numbers, context)) {
      count(tally, outcome);
      if (verdictOf(outcome) === "agrees") continue;
      const written = writeCase(options.out, outcome, oursOf(outcome));
      if (verdictOf(outcome) === "differs" && described++ < options.details)
        print(describe(outcome, written));
      else print(`${outlineOf(outcome)} (${written})`);
    }
  }
  return tallies;
}

/** Which cases of which kinds. */
function plan({ only, kinds, cases, seed }: Options) {
  if (only !== undefined) return [{ kind: only.kind, seed: only.seed, numbers: [only.number] }];
  return [...sharesOf(kinds, cases)].map(([kind, share]) => ({
    kind,
    seed,
    numbers: Array.from({ length: share }, (_, number) => number),
  }));
}

function oursOf({ one, judgement }: Outcome) {
  const inputs = inputFiles(one, judgement.rules);
  const result = probe((name) => inputs.get(name)!, { seed: "1" });
  return result.kind === "failed" ? [{ name: "error.txt", text: `${result.reason}\n` }] : result.files;
}

function sum(tallies: readonly Tally[]): Tally {
  const total = emptyTally();
  for (const tally of tallies)
    for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += tally[key];
  return total;
}
