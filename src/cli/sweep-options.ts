import { parseDuration, parseShare } from "../decode/quantity.ts";
import { defaultRule, type RecoveryRule } from "../experiment/sweep/recovery.ts";
import { type Nanoseconds, SECOND } from "../kernel/time.ts";
import { wrong } from "./compare-options.ts";
import { quoteForShell } from "./repeat-command.ts";

/** Options that `sweep` and `tune` share, as the command line gives them. */
export interface GridOptions {
  readonly vary?: readonly string[];
  readonly set?: readonly string[];
  readonly variant?: string;
  readonly replications?: string;
  readonly seed?: string;
  readonly duration?: string;
  readonly jobs?: string;
  readonly json?: true;
  readonly out?: string;
  readonly quiet?: true;
  readonly color?: boolean;
}

export interface SweepOptions extends GridOptions {
  readonly metrics?: string;
  readonly map?: true;
  readonly client?: string;
  readonly fault?: string;
  readonly threshold?: string;
  readonly window?: string;
  readonly lateAfter?: string;
}

const DEFAULT_REPLICATIONS = 5;
const MOST_REPLICATIONS = 100_000;

/** One replication is enough to look around; it has no intervals. */
export function parseReplications(text: string | undefined): number {
  if (text === undefined) return DEFAULT_REPLICATIONS;
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MOST_REPLICATIONS) return count;
  return wrong(`--replications: "${text}" is not a number of replications; give 1 or more`);
}

export interface MapRule {
  readonly rule: RecoveryRule;
  readonly lateAfter: Nanoseconds;
}

const DEFAULT_LATE = 5 * SECOND;

/** Undefined where no map is asked for. */
export function parseMapRule(options: SweepOptions): MapRule | undefined {
  const { map, client, fault, threshold, window, lateAfter } = options;
  if (map === undefined) {
    const alone = (["client", "fault", "threshold", "window", "lateAfter"] as const).find(
      (name) => options[name] !== undefined,
    );
    if (alone !== undefined) wrong(`--${dashed(alone)} says how a map is made: give --map, too`);
    return undefined;
  }
  const share = threshold === undefined ? defaultRule.threshold : shareOf(threshold);
  return {
    rule: {
      client,
      fault,
      threshold: share,
      window: window === undefined ? defaultRule.window : timeOf("--window", window),
    },
    lateAfter: lateAfter === undefined ? DEFAULT_LATE : timeOf("--late-after", lateAfter),
  };
}

function shareOf(text: string): number {
  const share = parseShare(text);
  if (share.ok && share.value > 0) return share.value;
  return wrong(`--threshold: "${text}" is not a share of the level before the fault; write it like 95%`);
}

function timeOf(option: string, text: string): Nanoseconds {
  const time = parseDuration(text);
  if (time.ok && time.value > 0) return time.value;
  return wrong(`${option}: ${time.ok ? `"${text}" is no time` : time.message}; write it like 2s`);
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The words of the command that gives the same result again. */
export function repeatGrid<T extends GridOptions>(
  command: string,
  paths: readonly string[],
  options: T,
  own: readonly (keyof T & string)[],
): string[] {
  const names = ["variant", "replications", "seed", "duration", ...own] as (keyof T & string)[];
  const single = names.flatMap((name) => {
    const value = options[name];
    if (value === undefined) return [];
    return value === true ? [`--${dashed(name)}`] : [`--${dashed(name)}`, String(value)];
  });
  const several = (["vary", "set"] as const).flatMap((name) =>
    (options[name] ?? []).flatMap((value) => [`--${name}`, value]),
  );
  return ["meshsim", command, ...paths, ...single, ...several].map(quoteForShell);
}
