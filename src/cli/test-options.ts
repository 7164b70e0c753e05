import type { Shard } from "../report/test/test-report.ts";
import { CommandError, ExitCode } from "./exit-code.ts";

/** Options of `test` as the command line gives them. */
export interface TestOptions {
  readonly reporter?: readonly string[];
  readonly outfile?: readonly string[];
  readonly update?: true;
  readonly bail?: true;
  readonly shard?: string;
  readonly merge?: true;
  readonly seed?: string;
  readonly seeds?: string;
  readonly jobs?: string;
  readonly quiet?: true;
  readonly color?: boolean;
}

export const reporters = ["default", "junit", "github", "json"] as const;
export type Reporter = (typeof reporters)[number];

/** A reporter and where it writes; undefined: to standard output. */
export interface ReporterTarget {
  readonly reporter: Reporter;
  readonly file: string | undefined;
}

export function wrong(message: string): never {
  throw new CommandError(ExitCode.badInput, message);
}

/** Reads `--reporter` and `--outfile`; documents do not share standard output with anything. */
export function parseReporters({ reporter = ["default"], outfile = [] }: TestOptions): ReporterTarget[] {
  const names = [...new Set(reporter.flatMap((each) => each.split(",")).map(parseReporter))];
  const files = new Map<Reporter, string>();
  for (const text of outfile) {
    const [name, file] = splitOutfile(text, names);
    if (files.has(name)) wrong(`--outfile: ${name} has two files`);
    files.set(name, file);
  }
  const targets = names.map((name) => ({ reporter: name, file: files.get(name) }));
  const printed = targets.filter(({ file }) => file === undefined).map((target) => target.reporter);
  const document = printed.find((name) => name === "json" || name === "junit");
  if (document !== undefined && printed.length > 1) {
    wrong(`${printed.join(" and ")} would mix on standard output; say --outfile ${document}=FILE`);
  }
  return targets;
}

function parseReporter(name: string): Reporter {
  const known = reporters.find((each) => each === name.trim());
  return known ?? wrong(`--reporter: "${name}" is not known; use ${reporters.join(", ")}`);
}

/** `FILE`, or `REPORTER=FILE` where there are several. */
function splitOutfile(text: string, names: readonly Reporter[]): [Reporter, string] {
  const named = names.find((name) => text.startsWith(`${name}=`));
  const file = named === undefined ? text : text.slice(named.length + 1);
  if (file === "") wrong("--outfile names no file");
  if (named !== undefined) return [named, file];
  const other = reporters.find((name) => text.startsWith(`${name}=`));
  if (other !== undefined) wrong(`--outfile: there is no --reporter ${other}`);
  const documents = names.filter((name) => name !== "default" || names.length === 1);
  if (documents.length === 1) return [documents[0]!, file];
  return wrong(`--outfile: say whose, such as ${documents[0]}=${file}`);
}

/** Reads `--shard 2/3`. */
export function parseShard(text: string | undefined): Shard | undefined {
  if (text === undefined) return undefined;
  const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (shard.index >= 1 && shard.index <= shard.count) return shard;
  return wrong(`--shard: "${text}" is not a shard; write it like 2/3, for the second of three`);
}

const MOST_SEEDS = 100_000;

/** Reads `--seeds`. */
export function parseSeeds(text: string | undefined): number {
  if (text === undefined) return 1;
  const seeds = /^\d+$/.test(text) ? Number(text) : 0;
  if (seeds >= 1 && seeds <= MOST_SEEDS) return seeds;
  return wrong(`--seeds: "${text}" is not a number of seeds; give 1 or more`);
}

/** Options that contradict each other are a mistake of the user's. */
export function checkTestOptions({ update, shard, seed, bail, merge, seeds, jobs }: TestOptions): void {
  const given = Object.entries({ seed, shard, bail, seeds, update, jobs }).filter(
    ([, value]) => value !== undefined,
  );
  if (merge === true && given.length > 0) {
    wrong(
      `--merge runs nothing, so --${given[0]![0]} means nothing to it; give the shards' JSON files alone`,
    );
  }
  if (update !== true) return;
  const contrary = Object.entries({ shard, seed, bail }).find(([, value]) => value !== undefined);
  if (contrary !== undefined) {
    wrong(
      `--update writes what every run of a scenario's own seed comes to, which --${contrary[0]} prevents`,
    );
  }
}
