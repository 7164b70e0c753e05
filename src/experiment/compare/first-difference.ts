import type { Request } from "../../http/request.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import type { Run } from "../../simulation/run-world.ts";
import type { Journal } from "../../telemetry/journal.ts";
import type { LoadedScenario } from "../load-scenario.ts";
import { startRun, variantOf } from "../simulate.ts";
import { OpenStory, type RequestStory, StationNames } from "./request-story.ts";

/** The same request in two worlds. */
export interface StoryPair {
  readonly from: RequestStory;
  readonly of: RequestStory;
}

/** What two worlds do otherwise first, by the instant at which requests were wanted. */
export interface FirstDifferences {
  /** The first request with another status, other flags or another number of attempts; undefined if there is none. */
  readonly outcome: StoryPair | undefined;
  /** The first one whose last host is another. It may come long before anybody notices. */
  readonly host: StoryPair | undefined;
}

/** A world to run. */
export interface ToldArm {
  readonly scenario: LoadedScenario;
  readonly variant: string | null;
  readonly seed: string;
}

/** Virtual time is cut into so many steps, between which requests are compared. */
const STEPS = 1_000;

/**
 * Runs two worlds side by side until the first request that ends otherwise in the second is known. Requests are the
 * same when they have the same key (see random/luck.ts), which also pairs the requests of closed loops. What is kept
 * in memory is what is in flight in one of the two.
 */
export class FirstDifference {
  private readonly from: ToldRun;
  private readonly of: ToldRun;
  private readonly stepLength: Nanoseconds;
  private until: Nanoseconds = 0;
  private outcome: StoryPair | undefined;
  private host: StoryPair | undefined;

  constructor(from: ToldArm, of: ToldArm) {
    this.from = new ToldRun(from);
    this.of = new ToldRun(of);
    this.stepLength = Math.ceil(this.from.duration / STEPS);
  }

  /** Runs on a little; true when the answer is known. */
  advance(): boolean {
    this.until += this.stepLength;
    this.from.run.advance(this.until);
    this.of.run.advance(this.until);
    this.compareEnded();
    const isOver = this.from.run.isDone && this.of.run.isDone;
    return isOver || (this.outcome !== undefined && !this.from.hasOpenBefore(this.outcome.from));
  }

  get answer(): FirstDifferences {
    return { outcome: this.outcome, host: this.host };
  }

  private compareEnded(): void {
    for (const [key, from] of this.from.ended) {
      const of = this.of.ended.get(key);
      if (of === undefined) continue;
      this.from.forget(key);
      this.of.forget(key);
      const pair = { from, of };
      if (hasOtherOutcome(pair)) this.outcome = earlier(this.outcome, pair);
      if (from.lastHost !== of.lastHost) this.host = earlier(this.host, pair);
    }
  }
}

function hasOtherOutcome({ from, of }: StoryPair): boolean {
  return from.status !== of.status || from.attempts !== of.attempts || from.flags.join() !== of.flags.join();
}

function earlier(known: StoryPair | undefined, pair: StoryPair): StoryPair {
  return known === undefined || isBefore(pair.from, known.from) ? pair : known;
}

function isBefore(a: RequestStory, b: RequestStory): boolean {
  if (a.wantedAt !== b.wantedAt) return a.wantedAt < b.wantedAt;
  if (a.client !== b.client) return a.client < b.client;
  return a.ordinal < b.ordinal;
}

/** A run that keeps the story of each request until it has been compared. */
class ToldRun implements Journal {
  readonly run: Run;
  readonly duration: Nanoseconds;
  /** Ended and not compared yet. */
  readonly ended = new Map<string, RequestStory>();
  /** Wanted and not compared yet. */
  private readonly wanted = new Map<string, Nanoseconds>();
  private readonly open = new Map<Request, OpenStory>();
  private readonly exchanges = new WeakMap<object, OpenStory>();
  private readonly names: StationNames;

  constructor({ scenario, variant, seed }: ToldArm) {
    this.run = startRun(scenario, { variant, seed, journal: this });
    const { plan } = variantOf(scenario, variant);
    this.duration = plan.scenario.duration;
    this.names = new StationNames(plan, (station) => this.run.addressOf(station));
  }

  hasOpenBefore({ wantedAt }: RequestStory): boolean {
    // In the order in which they were wanted.
    for (const time of this.wanted.values()) return time < wantedAt;
    return false;
  }

  forget(key: string): void {
    this.ended.delete(key);
    this.wanted.delete(key);
  }

  requestWanted(request: Request): void {
    this.open.set(request, new OpenStory(request));
    this.wanted.set(keyOf(request), request.wantedAt);
  }

  attemptStarted(
    exchange: object,
    request: Request,
    proxy: number,
    host: string | undefined,
    now: Nanoseconds,
  ): void {
    const story = this.open.get(request);
    if (story === undefined) return;
    this.exchanges.set(exchange, story);
    story.attemptStarted(exchange, proxy, host, now);
  }

  attemptEnded(exchange: object, host: string, result: number | string, now: Nanoseconds): void {
    this.exchanges.get(exchange)?.attemptEnded(exchange, host, result, now);
  }

  requestEnded(request: Request, status: number, now: Nanoseconds): void {
    const story = this.open.get(request);
    if (story === undefined) return;
    this.ended.set(keyOf(request), story.tell(status, now, this.names));
    this.open.delete(request);
  }
}

function keyOf({ client, keyHigh, keyLow }: Request): string {
  return `${client} ${keyHigh} ${keyLow}`;
}
