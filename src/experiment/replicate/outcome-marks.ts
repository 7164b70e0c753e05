import type { Request } from "../../http/request.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import type { WorldPlan } from "../../simulation/plan.ts";
import type { Journal } from "../../telemetry/journal.ts";
import { StationNames } from "../story/request-story.ts";
import { mix } from "./mix.ts";

/** The duration is cut into so many parts of the same length, in whole nanoseconds. */
const PARTS = 1_000;

/**
 * Of each part of the duration, 32 bits of the requests wanted in it: two runs whose bits are equal up to a part have wanted the same
 * requests (by their keys, see random/luck.ts) up to there, with the same fates.
 */
export interface OutcomeMarks {
  /** Of status, flags and attempts. */
  readonly outcomes: readonly number[];
  /** Of the host that was tried last. */
  readonly hosts: readonly number[];
}

/** From when on requests of two runs must be compared to find the first that differs; undefined: none does. */
export function firstPartThatDiffers(a: readonly number[], b: readonly number[], duration: Nanoseconds) {
  const part = a.findIndex((mark, index) => mark !== b[index]);
  return part < 0 ? undefined : part * partLength(duration);
}

function partLength(duration: Nanoseconds): Nanoseconds {
  return Math.ceil(duration / PARTS);
}

/** Makes the marks of a run, which it does not change. */
export class OutcomeMarker implements Journal {
  readonly marks: { readonly outcomes: number[]; readonly hosts: number[] };
  private readonly names: StationNames;
  private readonly partLength: Nanoseconds;
  /** Where a request was sent last that has reached no host yet, as a told story has it. */
  private readonly tried = new Map<Request, string>();
  /** Of hosts by their stations' numbers, or by where they listen. */
  private readonly hashes = new Map<number | string, number>();

  constructor(plan: WorldPlan, addressOf: (station: number) => string | undefined) {
    const zeros = () => Array.from({ length: PARTS }, () => 0);
    this.marks = { outcomes: zeros(), hosts: zeros() };
    this.names = new StationNames(plan, addressOf);
    this.partLength = partLength(plan.scenario.duration);
  }

  requestWanted(): void {}

  attemptStarted(_: object, request: Request, __: number, host: string | undefined): void {
    if (host !== undefined && request.lastHost < 0) this.tried.set(request, host);
  }

  attemptEnded(): void {}

  requestEnded(request: Request, status: number): void {
    const { client, wantedAt, keyHigh, keyLow, flags, attempts } = request;
    const { outcomes, hosts } = this.marks;
    const part = Math.min(PARTS - 1, Math.floor(wantedAt / this.partLength));
    const key = mix(mix(mix(client) ^ keyHigh) ^ keyLow);
    // Sums do not depend on the order in which requests end.
    outcomes[part] = (outcomes[part]! + mix(mix(mix(key ^ status) ^ flags) ^ attempts)) >>> 0;
    hosts[part] = (hosts[part]! + mix(key ^ this.hostOf(request))) >>> 0;
  }

  private hostOf(request: Request): number {
    const tried = this.tried.get(request);
    if (tried !== undefined) this.tried.delete(request);
    const last = request.lastHost < 0 ? (tried ?? "") : request.lastHost;
    let hash = this.hashes.get(last);
    if (hash === undefined) {
      const name = typeof last === "number" ? (this.names.station(last) ?? "") : this.names.named(last);
      hash = hashOf(name);
      this.hashes.set(last, hash);
    }
    return hash;
  }
}

function hashOf(text: string): number {
  let hash = 0;
  for (const character of text) hash = mix(hash ^ character.codePointAt(0)!);
  return hash;
}
