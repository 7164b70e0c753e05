import { parseShare } from "../decode/quantity.ts";
import { CommandError, ExitCode } from "./exit-code.ts";
import { quoteForShell } from "./repeat-command.ts";

/** Options of `compare` as the command line gives them. */
export interface CompareOptions {
  readonly variants?: string;
  readonly vary?: readonly string[];
  readonly set?: readonly string[];
  readonly scenario?: string;
  readonly proxy?: string;
  readonly replications?: string;
  readonly precision?: string;
  readonly maxReplications?: string;
  readonly metrics?: string;
  readonly seed?: string;
  readonly duration?: string;
  readonly jobs?: string;
  readonly json?: true;
  readonly out?: string;
  readonly quiet?: true;
  readonly color?: boolean;
}

/** How many replications to make. */
export interface ReplicationPlan {
  readonly first: number;
  /** Share of the mean that half an interval may have; undefined: stop after `first`. */
  readonly precision: number | undefined;
  readonly most: number;
}

const DEFAULT_REPLICATIONS = 10;
const DEFAULT_MOST = 100;
const LIMIT = 100_000;

export function parseReplicationPlan(options: CompareOptions): ReplicationPlan {
  const first = parseCount("--replications", options.replications, DEFAULT_REPLICATIONS);
  if (options.precision === undefined) {
    if (options.maxReplications !== undefined)
      wrong("--max-replications needs --precision to make it matter");
    return { first, precision: undefined, most: first };
  }
  const precision = parseShare(options.precision);
  if (!precision.ok || precision.value === 0) {
    wrong(`--precision: "${options.precision}" is not a share; write it like 2%`);
  }
  const most = parseCount("--max-replications", options.maxReplications, Math.max(first, DEFAULT_MOST));
  if (most < first) wrong(`--max-replications ${most} is less than the ${first} replications to begin with`);
  return { first, precision: precision.value, most };
}

function parseCount(option: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count >= 2 && count <= LIMIT) return count;
  return wrong(
    `${option}: "${text}" is not a number of replications; give 2 or more, for an interval needs two`,
  );
}

/** Splits at commas outside brackets: names of statistics may contain them. */
export function splitList(text: string): string[] {
  const parts = text.match(/(?:\[[^\]]*\]|[^,[])+/g) ?? [];
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

export function wrong(message: string): never {
  throw new CommandError(ExitCode.badInput, message);
}

/** The words of the command that gives the same result again. */
export function repeatCompare(paths: readonly string[], options: CompareOptions): string[] {
  const single = [
    "variants",
    "scenario",
    "proxy",
    "replications",
    "precision",
    "metrics",
    "seed",
    "duration",
  ] as const;
  const named = single.flatMap((name) => (options[name] === undefined ? [] : [`--${name}`, options[name]]));
  const most = options.maxReplications === undefined ? [] : ["--max-replications", options.maxReplications];
  const several = (["vary", "set"] as const).flatMap((name) =>
    (options[name] ?? []).flatMap((value) => [`--${name}`, value]),
  );
  return ["meshsim", "compare", ...paths, ...named, ...most, ...several].map(quoteForShell);
}
