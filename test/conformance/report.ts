import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../golden/compare/recording.ts";
import type { ConformanceCase, Json } from "./case.ts";
import { inputFiles } from "./judge.ts";
import type { Outcome } from "./run.ts";

const SHOWN_MISSES = 8;
/** Requests of a case shown in full. */
const SHOWN_REQUESTS = 3;

/** Cases and requests by what has become of them. */
export interface Tally {
  cases: number;
  requests: number;
  agree: number;
  differ: number;
  /** Differing cases of which meshsim itself reports that it leaves something out. */
  notSimulated: number;
  /** Agreeing cases that needed more than one recording, because Envoy itself was not stable or the machine slow. */
  repeated: number;
}

export function emptyTally(): Tally {
  return { cases: 0, requests: 0, agree: 0, differ: 0, notSimulated: 0, repeated: 0 };
}

export function verdictOf({ judgement }: Outcome): "agrees" | "differs" | "not simulated" {
  if (judgement.misses.length === 0) return "agrees";
  return judgement.notSimulated.length > 0 ? "not simulated" : "differs";
}

export function count(tally: Tally, outcome: Outcome): void {
  tally.cases++;
  tally.requests += outcome.one.content.requests.length;
  const verdict = verdictOf(outcome);
  if (verdict === "agrees") tally.agree++;
  else if (verdict === "differs") tally.differ++;
  else tally.notSimulated++;
  if (verdict === "agrees" && outcome.recordings.length > 1) tally.repeated++;
}

export function tallyLine(name: string, tally: Tally): string {
  const { cases, requests, agree, differ, notSimulated, repeated } = tally;
  const rest = [
    notSimulated === 0 ? "" : `, ${notSimulated} not simulated`,
    repeated === 0 ? "" : `, ${repeated} recorded again`,
  ].join("");
  return `${name}: ${agree} agree, ${differ} differ${rest} (${cases} cases, ${requests} requests)`;
}

/** One line on a case that does not agree. */
export function outlineOf(outcome: Outcome): string {
  const { misses, notSimulated } = outcome.judgement;
  return [`${outcome.one.id} ${verdictOf(outcome)}`, ...notSimulated, `${misses[0]?.slice(0, 200)}`].join(
    ": ",
  );
}

/** A difference in words: what differs, and for the first requests of it the inputs and both answers. */
export function describe(outcome: Outcome, folder: string): string {
  const { one, judgement } = outcome;
  const { misses, notSimulated, recorded, actual } = judgement;
  const more = misses.length > SHOWN_MISSES ? [`  and ${misses.length - SHOWN_MISSES} more`] : [];
  const numbers = misses.flatMap((miss) => / of (\d+): /.exec(miss)?.[1] ?? []).map(Number);
  const requests = [...new Set(numbers)].slice(0, SHOWN_REQUESTS);
  return [
    `${one.id} ${verdictOf(outcome)}: ${one.content.about}`,
    `  folder: ${folder}`,
    ...notSimulated.map((what) => `  meshsim reports: ${what}`),
    ...misses.slice(0, SHOWN_MISSES).map((miss) => `  ${miss.slice(0, 600)}`),
    ...more,
    ...requests.flatMap((n) => describeRequest(one, n, recorded.results, actual?.results ?? [])),
  ].join("\n");
}

function describeRequest(
  one: ConformanceCase,
  n: number,
  recorded: readonly Row[],
  actual: readonly Row[],
): string[] {
  const [envoy, ours] = [recorded, actual].map((rows) => rows.find((row) => row.n === n) ?? {});
  const names = [...new Set([envoy!.route, ours!.route])].filter((name) => typeof name === "string");
  const routes = one.content.virtualHosts.flatMap(({ routes }) => routes as readonly Json[]);
  return [
    `  request ${JSON.stringify(one.content.requests.find((request) => request.n === n))}`,
    `    Envoy   ${JSON.stringify(envoy)}`,
    `    meshsim ${JSON.stringify(ours)}`,
    ...routes
      .filter(({ name }) => names.includes(name as string))
      .map((route) => `    route   ${JSON.stringify(route)}`),
  ];
}

/** Writes the folder of a differing case: what both have read, what Envoy did and, below `meshsim/`, what we did. */
export function writeCase(
  out: string,
  { one, judgement, recordings }: Outcome,
  ours: readonly OutputFile[],
): string {
  const folder = join(out, one.id);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, "meshsim"), { recursive: true });
  for (const [name, text] of inputFiles(one, judgement.rules)) writeFileSync(join(folder, name), text);
  for (const [name, text] of recordings.at(-1)!) writeFileSync(join(folder, name), text);
  for (const { name, text } of ours) writeFileSync(join(folder, "meshsim", name), text);
  return folder;
}

interface OutputFile {
  readonly name: string;
  readonly text: string;
}
