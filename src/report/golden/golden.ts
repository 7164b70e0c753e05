import { type ClientFates, MARKS } from "../../experiment/replicate/fates.ts";
import type { RunResult } from "../../simulation/result.ts";
import { type Figure, goldenFigures } from "./figures.ts";
import { packPrefix, unpack } from "./packed-fates.ts";

/** A golden summary: how a scenario and its variants came out when somebody found that right. */
export interface Golden {
  readonly scenario: string;
  readonly seed: string;
  readonly base: GoldenRun | undefined;
  readonly variants: ReadonlyMap<string, GoldenRun>;
}

export interface GoldenRun {
  readonly digest: string;
  readonly figures: readonly Figure[];
  /** By client. */
  readonly requests: ReadonlyMap<string, GoldenRequests>;
}

/** The fates of one client's requests, packed; see ClientFates for what the parts mean. */
export interface GoldenRequests {
  readonly kinds: readonly string[];
  /** So many requests from the first one are in `fates`; the rest would make the file large. */
  readonly recorded: number;
  readonly fates: string;
  /** Eight hexadecimal digits. */
  readonly arrivals: string;
  /** Eight hexadecimal digits for each part of the duration. */
  readonly marks: string;
}

export function makeGoldenRun(result: RunResult, fates: readonly ClientFates[]): GoldenRun {
  const requests = fates.map((each) => [each.client, packRequests(each)] as const);
  return { digest: result.digest, figures: goldenFigures(result), requests: new Map(requests) };
}

function packRequests({ kinds, fates, arrivals, marks }: ClientFates): GoldenRequests {
  const { packed, count } = packPrefix(fates);
  return {
    kinds,
    recorded: count,
    fates: packed,
    arrivals: hexadecimal(arrivals),
    marks: marks.map(hexadecimal).join(""),
  };
}

function hexadecimal(bits: number): string {
  return bits.toString(16).padStart(8, "0");
}

/** The fate of each recorded request, by its running number. */
export function fatesOf({ kinds, fates }: GoldenRequests): string[] {
  return unpack(fates).map((kind) => kinds[kind] ?? "unknown");
}

/** The marks of two runs' requests, one after the other; -1 where all are the same, otherwise the first that differs. */
export function firstMark(was: GoldenRequests, is: GoldenRequests): number {
  for (let mark = 0; mark < MARKS; mark++) {
    const [from, to] = [8 * mark, 8 * mark + 8];
    if (was.marks.slice(from, to) !== is.marks.slice(from, to)) return mark;
  }
  return -1;
}
