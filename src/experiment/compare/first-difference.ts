import type { Request } from "../../http/request.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import type { Run } from "../../simulation/run-world.ts";
import type { RequestStory } from "../story/request-story.ts";
import { ToldRun, type ToldWorld } from "../story/told-run.ts";

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

/** Virtual time is cut into so many steps, between which requests are compared. */
const STEPS = 1_000;

/**
 * Runs two worlds side by side until the first request that ends otherwise in the second is known. Requests are the
 * same when they have the same key (see random/luck.ts), which also pairs the requests of closed loops. What is kept
 * in memory is what is in flight in one of the two.
 */
export class FirstDifference {
  private readonly from: KeptStories;
  private readonly of: KeptStories;
  private readonly stepLength: Nanoseconds;
  private until: Nanoseconds = 0;
  private outcome: StoryPair | undefined;
  private host: StoryPair | undefined;

  constructor(from: ToldWorld, of: ToldWorld) {
    this.from = new KeptStories(from);
    this.of = new KeptStories(of);
    this.stepLength = Math.ceil(this.from.told.duration / STEPS);
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

/** Keeps the story of each request of a run until it has been compared. */
class KeptStories {
  /** Ended and not compared yet. */
  readonly ended = new Map<string, RequestStory>();
  readonly told: ToldRun;
  /** Wanted and not compared yet. */
  private readonly wanted = new Map<string, Nanoseconds>();

  constructor(world: ToldWorld) {
    this.told = new ToldRun(world, this);
  }

  get run(): Run {
    return this.told.run;
  }

  wants(request: Request): boolean {
    this.wanted.set(keyOf(request), request.wantedAt);
    return true;
  }

  hear(request: Request, story: RequestStory): void {
    this.ended.set(keyOf(request), story);
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
}

function keyOf({ client, keyHigh, keyLow }: Request): string {
  return `${client} ${keyHigh} ${keyLow}`;
}
