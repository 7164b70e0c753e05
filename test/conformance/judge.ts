import type { ProbeResult } from "../../src/experiment/probe/probe.ts";
import { compare } from "../golden/compare/compare.ts";
import { compareRange } from "../golden/compare/range.ts";
import { type Recording, readRecording } from "../golden/compare/recording.ts";
import type { RangeRule, Rules } from "../golden/compare/rules.ts";
import { ownBootstrap } from "./bootstrap.ts";
import type { CaseContent, ConformanceCase } from "./case.ts";
import { isComparedStat } from "./compared-stats.ts";
import type { RecordedFiles } from "./record.ts";

/** 99.99% two-sided over up to five groups. */
const Z = 4.26;
/**
 * Where chance decides, an agreement may need another draw: numbers that were equal in all recordings need not be
 * so for every seed. What does not depend on chance is the same for all of them.
 */
const SEEDS = ["1", "2", "3"];

/** How meshsim is asked; the real one is `probe` of src/experiment. */
export type Probe = (read: (name: string) => string, options: { readonly seed: string }) => ProbeResult;

export interface Judgement {
  /** What does not agree, one text each; empty: the case agrees. */
  readonly misses: readonly string[];
  /** What of the configuration meshsim itself reports as not simulated. */
  readonly notSimulated: readonly string[];
  readonly rules: Rules;
  readonly recorded: Recording;
  /** Undefined where meshsim refused the case. */
  readonly actual: Recording | undefined;
}

/** Judges meshsim by one or more recordings of the real Envoy: what differs between these is not compared. */
export function judge(one: ConformanceCase, recordings: readonly RecordedFiles[], probe: Probe): Judgement {
  const all = recordings.map((files) => readRecording(files, "expected.jsonl"));
  const recorded = all.at(-1)!;
  let judgement: Judgement | undefined;
  for (const seed of SEEDS) {
    judgement = judgeWithSeed(one, all, recorded, probe, seed);
    if (judgement.misses.length === 0 || judgement.actual === undefined) break;
  }
  return judgement!;
}

function judgeWithSeed(
  one: ConformanceCase,
  all: readonly Recording[],
  recorded: Recording,
  probe: Probe,
  seed: string,
): Judgement {
  const inputs = inputFiles(one, one.content.rules);
  const result = probe((name) => inputs.get(name)!, { seed });
  if (result.kind === "failed") {
    const rules = rulesFor(one, all, recorded);
    const misses = [`meshsim refuses the case: ${result.reason}`];
    return { misses, notSimulated: [], rules, recorded, actual: undefined };
  }
  const files = new Map(result.files.map(({ name, text }) => [name, text]));
  const actual = readRecording(files, "results.jsonl");
  const rules = rulesFor(one, all, actual);
  const notSimulated = [...new Set(result.notSimulated.map(({ message }) => message))];
  return { misses: compare(recorded, actual, rules), notSimulated, rules, recorded, actual };
}

/** The texts of a case's folder, as `meshsim probe` reads it. */
export function inputFiles(one: ConformanceCase, rules: Rules): Map<string, string> {
  const { about, mode, gapMs, settleMs, alsoRecorded, upstreamHeaders, upstreams, requests } = one.content;
  const description = {
    id: one.id,
    category: one.kind,
    about,
    mode,
    gap_ms: gapMs,
    settle_ms: settleMs,
    also_recorded: alsoRecorded,
    upstream_headers: upstreamHeaders,
    compare: rules,
  };
  return new Map([
    ["envoy.yaml", ownBootstrap(one)],
    ["case.json", `${JSON.stringify(description, null, 1)}\n`],
    ["upstreams.json", `${JSON.stringify(upstreams, null, 1)}\n`],
    ["requests.jsonl", requests.map((request) => `${JSON.stringify(request)}\n`).join("")],
  ]);
}

/** The case's own rules with what only recordings can tell: counts, names of statistics, what is not stable. */
function rulesFor({ content }: ConformanceCase, recordings: readonly Recording[], actual: Recording): Rules {
  const [last, ...earlier] = [...recordings].reverse() as [Recording, ...Recording[]];
  const exact = content.rules.exact ?? [];
  const names = [...new Set([last, actual].flatMap(({ stats }) => Object.keys(stats)))].sort();
  const isChance = (name: string) => content.chanceStats?.some((end) => name.endsWith(end)) ?? false;
  const isStable = (name: string) =>
    !isChance(name) && earlier.every(({ stats }) => (stats[name] ?? 0) === (last.stats[name] ?? 0));
  const except_n = Object.fromEntries(exact.map((field) => [field, unstable(field, last, earlier)]));
  const otherwise = new Set(Object.values(except_n).flat());
  return {
    ...content.rules,
    exact: exact.filter(
      (field) => !EVENTS.includes(field) || earlier.every((other) => sameEvents(field, last, other)),
    ),
    except_n,
    ...(content.rules.range && {
      range: content.rules.range.map((rule) => ofStable(rule, otherwise, last, earlier)),
    }),
    stats_exact: names.filter((name) => isCompared(name, content.stats) && isStable(name)),
    ...(content.groups === undefined ? {} : { distribution: [distributionOf(content.groups, last)] }),
  };
}

function isCompared(name: string, ends: CaseContent["stats"]): boolean {
  return ends === undefined ? isComparedStat(name) : ends.some((end) => name.endsWith(`.${end}`));
}

/** Fields of `exact` that are whole files without request numbers. */
const EVENTS = ["ejections", "health"];

function sameEvents(field: string, a: Recording, b: Recording): boolean {
  return compare(a, b, { exact: [field] }).length === 0;
}

/** Only requests that have ended alike in all recordings, and about as fast, are compared by their numbers. */
function ofStable(
  rule: RangeRule,
  otherwise: ReadonlySet<number>,
  last: Recording,
  earlier: readonly Recording[],
): RangeRule {
  if (rule.field.includes(".")) return rule;
  const requests = rule.n ?? last.results.map(({ n }) => n as number);
  const isAsFast = (n: number) =>
    earlier.every((other) => compareRange(last, other, { ...rule, n: [n] }).length === 0);
  return { ...rule, n: requests.filter((n) => !otherwise.has(n) && isAsFast(n)) };
}

/** Requests whose value of a field differs between recordings: the comparator finds them. */
function unstable(field: string, last: Recording, earlier: readonly Recording[]): number[] {
  if (EVENTS.includes(field)) return [];
  const misses = earlier.flatMap((other) => compare(last, other, { exact: [field] }));
  return [...new Set(misses.map((miss) => Number(/^\w+ of (\d+): /.exec(miss)![1])))];
}

function distributionOf(
  { field, groups }: NonNullable<ConformanceCase["content"]["groups"]>,
  { results }: Recording,
) {
  const recorded = Object.fromEntries(
    Object.entries(groups).map(([name, values]) => [
      name,
      results.filter((row) => values.includes(row[field])).length,
    ]),
  );
  return { field, groups, z: Z, recorded };
}
