import type { Request } from "../../http/request.ts";
import { namesOfFlags } from "../../http/response-flags.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import type { Journal } from "../../telemetry/journal.ts";
import { statusKey } from "../../telemetry/outcome.ts";
import { mix } from "./mix.ts";

/** What became of every request of one client: plain data, to hold one run against another later. */
export interface ClientFates {
  readonly client: string;
  /** Distinct fates in words, such as `503 UO, 3 attempts`, in the order in which requests first have them. */
  readonly kinds: readonly string[];
  /** Position in `kinds` of each request, by its running number. */
  readonly fates: readonly number[];
  /** Of the instants at which requests were wanted; 32 bits. */
  readonly arrivals: number;
  /** For each of MARKS parts of the duration: 32 bits of when requests wanted in it ended, and at which hosts. */
  readonly marks: readonly number[];
}

/** The duration is cut into so many parts of the same length, in whole nanoseconds. */
export const MARKS = 60;

export function markLength(duration: Nanoseconds): Nanoseconds {
  return Math.ceil(duration / MARKS);
}

/** Attempts beyond this count as so many, so that a fate fits into the 53 bits of a whole number. */
const MOST_ATTEMPTS = 4095;

/** Notes the fate of each request of a run, which it does not change. */
export class FateRecorder implements Journal {
  private readonly clients: readonly OpenFates[];

  /** `clients` are names in the order of the scenario. */
  constructor(clients: readonly string[], duration: Nanoseconds) {
    this.clients = clients.map((client) => new OpenFates(client, markLength(duration)));
  }

  get fates(): ClientFates[] {
    return this.clients.map((client) => client.close());
  }

  requestWanted(): void {}
  attemptStarted(): void {}
  attemptEnded(): void {}

  requestEnded(request: Request, status: number, now: Nanoseconds): void {
    this.clients[request.client]!.ended(request, status, now);
  }
}

class OpenFates {
  private readonly client: string;
  private readonly markLength: Nanoseconds;
  /** Status, flags and attempts in one number, by the request's running number. */
  private readonly codes: number[] = [];
  private readonly marks: number[] = Array.from({ length: MARKS }, () => 0);
  private arrivals = 0;

  constructor(client: string, length: Nanoseconds) {
    this.client = client;
    this.markLength = length;
  }

  ended({ ordinal, wantedAt, flags, attempts, lastHost }: Request, status: number, now: Nanoseconds): void {
    this.codes[ordinal] = (flags * 1024 + status) * 4096 + Math.min(attempts, MOST_ATTEMPTS);
    // Sums do not depend on the order in which requests end.
    this.arrivals = (this.arrivals + mixTime(ordinal, wantedAt)) >>> 0;
    const mark = Math.min(MARKS - 1, Math.floor(wantedAt / this.markLength));
    this.marks[mark] = (this.marks[mark]! + mix(mixTime(ordinal, now) ^ lastHost)) >>> 0;
  }

  close(): ClientFates {
    const known = new Map<number, number>();
    const kinds: string[] = [];
    const fates = Array.from(this.codes, (code = 0) => {
      const kind = known.get(code);
      if (kind !== undefined) return kind;
      known.set(code, kinds.length);
      return kinds.push(describe(code)) - 1;
    });
    return { client: this.client, kinds, fates, arrivals: this.arrivals, marks: this.marks };
  }
}

function describe(code: number): string {
  const attempts = code % 4096;
  const rest = Math.floor(code / 4096);
  const flags = namesOfFlags(Math.floor(rest / 1024));
  const outcome = [statusKey(rest % 1024), ...(flags.length === 0 ? [] : [flags.join(" ")])].join(" ");
  return attempts === 1 ? outcome : `${outcome}, ${attempts === 0 ? "no" : attempts} attempts`;
}

function mixTime(seed: number, time: Nanoseconds): number {
  return mix(mix(mix(seed) ^ (time >>> 0)) ^ Math.floor(time / 2 ** 32));
}
