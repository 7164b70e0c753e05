import type { Nanoseconds } from "../../kernel/time.ts";
import type { ClientSeries, RunResult } from "../../simulation/result.ts";

/** How the clients of one run fare over time, in parts of equal length; only the last one may be shorter. */
export interface OverTime {
  readonly part: Nanoseconds;
  /** Where the last part ends. */
  readonly end: Nanoseconds;
  readonly clients: readonly ClientOverTime[];
}

/** By part; null: nothing was wanted in it. */
export interface ClientOverTime {
  readonly name: string;
  /** Share of the requests wanted in the part that succeeded. */
  readonly successRate: readonly (number | null)[];
  /** The highest p99 of the bins of the series in the part, in milliseconds, so that no short peak is lost. */
  readonly p99: readonly (number | null)[];
}

/** Puts the bins of a result's series together into at most `most` parts. */
export function findOverTime({ series, duration }: RunResult, most: number): OverTime {
  const size = Math.max(1, Math.ceil(series.bins / most));
  const starts = Array.from({ length: Math.ceil(series.bins / size) }, (_, index) => index * size);
  return {
    part: size * series.bin,
    end: duration,
    clients: series.clients.map((client) => ({
      name: client.name,
      successRate: starts.map((start) => successRate(client, start, start + size)),
      p99: starts.map((start) => highest(client.p99.slice(start, start + size))),
    })),
  };
}

function successRate({ requests, successes }: ClientSeries, from: number, to: number): number | null {
  const sum = (counts: readonly number[]) =>
    counts.slice(from, to).reduce((total, count) => total + count, 0);
  const wanted = sum(requests);
  return wanted === 0 ? null : sum(successes) / wanted;
}

function highest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}
