import { markLength } from "../../experiment/replicate/fates.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import { rankOfFigure } from "./figures.ts";
import { fatesOf, firstMark, type GoldenRequests, type GoldenRun } from "./golden.ts";

/** What a run does otherwise than its golden summary. */
export interface GoldenDifferences {
  /** What people look at first comes first; undefined: the figure did not exist. */
  readonly figures: readonly FigureDifference[];
  readonly clients: readonly ClientDifference[];
  /** Whether all that the digest is made of went as before, so that only the counting differs. */
  readonly isSameDigest: boolean;
}

export interface FigureDifference {
  readonly name: string;
  readonly was: number | null | undefined;
  readonly is: number | null | undefined;
}

export interface ClientDifference {
  readonly client: string;
  /** Whether its requests are wanted at other instants, so that those of one number need not be the same request. */
  readonly hasOtherArrivals: boolean;
  /** The first one of another fate, by running number; undefined where all that were recorded fare the same. */
  readonly first: { readonly ordinal: number; readonly was: string; readonly is: string } | undefined;
  /** When the first requests were wanted that end at another instant or host. */
  readonly goesOtherwise: { readonly from: Nanoseconds; readonly to: Nanoseconds } | undefined;
}

/** Undefined when they are the same. */
export function goldenDifferences(
  was: GoldenRun,
  is: GoldenRun,
  duration: Nanoseconds,
): GoldenDifferences | undefined {
  const figures = figureDifferences(was, is);
  if (was.digest === is.digest && figures.length === 0) return undefined;
  const clients = [...is.requests].flatMap(([client, requests]) => {
    const before = was.requests.get(client);
    return before === undefined ? [] : (clientDifference(client, before, requests, duration) ?? []);
  });
  return { figures, clients, isSameDigest: was.digest === is.digest };
}

function figureDifferences(was: GoldenRun, is: GoldenRun): FigureDifference[] {
  const [before, now] = [new Map(was.figures), new Map(is.figures)];
  return [...new Set([...now.keys(), ...before.keys()])]
    .map((name) => ({ name, was: before.get(name), is: now.get(name) }))
    .filter((figure) => figure.was !== figure.is)
    .sort((a, b) => rankOfFigure(a.name) - rankOfFigure(b.name));
}

function clientDifference(
  client: string,
  was: GoldenRequests,
  is: GoldenRequests,
  duration: Nanoseconds,
): ClientDifference | undefined {
  const [before, now] = [fatesOf(was), fatesOf(is)];
  const ordinal = before.findIndex((fate, index) => now[index] !== undefined && now[index] !== fate);
  const first = ordinal === -1 ? undefined : { ordinal, was: before[ordinal]!, is: now[ordinal]! };
  const mark = firstMark(was, is);
  const length = markLength(duration);
  const goesOtherwise =
    mark === -1 ? undefined : { from: mark * length, to: Math.min((mark + 1) * length, duration) };
  if (first === undefined && goesOtherwise === undefined) return undefined;
  return { client, hasOtherArrivals: was.arrivals !== is.arrivals, first, goesOtherwise };
}
