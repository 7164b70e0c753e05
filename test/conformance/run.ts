import { join } from "node:path";
import type { ConformanceCase } from "./case.ts";
import { type Judgement, judge, type Probe } from "./judge.ts";
import { KINDS, type Kind } from "./kinds/kinds.ts";
import { makeCase } from "./make-cases.ts";
import { type LoopbackNetwork, placeOf } from "./network.ts";
import { type RecordedFiles, record } from "./record.ts";

/**
 * A case that differs is recorded again this often, with little else going on: machines are slow at times, and
 * what differs between recordings of Envoy itself is not compared.
 */
const MORE_RECORDINGS = 2;

/** One case with what has become of it. */
export interface Outcome {
  readonly one: ConformanceCase;
  readonly judgement: Judgement;
  readonly recordings: readonly RecordedFiles[];
}

export interface RunContext {
  readonly command: string;
  readonly network: LoopbackNetwork;
  /** Working directory of the Envoys. */
  readonly folder: string;
  readonly probe: Probe;
}

/** Makes, records and judges cases `numbers` of a kind; those of one batch share an Envoy. */
export async function* runKind(
  kind: string,
  seed: string,
  numbers: readonly number[],
  context: RunContext,
): AsyncGenerator<Outcome> {
  const { batch } = KINDS[kind]!;
  for (let start = 0; start < numbers.length; start += batch) {
    const cases = numbers
      .slice(start, start + batch)
      .map((number) => makeCase(seed, kind, number, placeOf(context.network, kind, number)));
    yield* judgeRepeatedly(cases, KINDS[kind]!, context);
  }
}

async function* judgeRepeatedly(
  cases: readonly ConformanceCase[],
  kind: Kind,
  { command, folder, probe }: RunContext,
): AsyncGenerator<Outcome> {
  const recordings = new Map<ConformanceCase, RecordedFiles[]>(cases.map((one) => [one, []]));
  let left = cases;
  for (let round = 0; left.length > 0; round++) {
    const isLast = round === MORE_RECORDINGS;
    const recorded = await recordRound(round, left, kind, { command, folder: join(folder, "envoy") });
    const differing: ConformanceCase[] = [];
    for (const one of left) {
      recordings.get(one)!.push(recorded.get(one)!);
      const outcome = {
        one,
        judgement: judge(one, recordings.get(one)!, probe),
        recordings: recordings.get(one)!,
      };
      if (isLast || isSettled(outcome.judgement)) yield outcome;
      else differing.push(one);
    }
    left = differing;
  }
}

async function recordRound(
  round: number,
  cases: readonly ConformanceCase[],
  { atOnce, beginsWithEnvoy = false }: Kind,
  options: { readonly command: string; readonly folder: string },
): Promise<Map<ConformanceCase, RecordedFiles>> {
  if (round === 0) return record(cases, { ...options, atOnce });
  if (!beginsWithEnvoy) return record(cases, { ...options, atOnce: 1 });
  const recorded = new Map<ConformanceCase, RecordedFiles>();
  for (const one of cases)
    for (const [key, files] of await record([one], { ...options, atOnce: 1 })) recorded.set(key, files);
  return recorded;
}

/** Nothing that another recording could change. */
function isSettled({ misses, notSimulated, actual }: Judgement): boolean {
  return misses.length === 0 || notSimulated.length > 0 || actual === undefined;
}
