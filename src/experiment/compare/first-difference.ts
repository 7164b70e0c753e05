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
 * Runs two worlds side by side until the first request that differs in the second is known; undefined if there is none. Those wanted
 * before `since` are known to be alike (see OutcomeMarks), and are not looked at. Requests are the same when they have the
 * same key (see random/luck.ts), which also pairs the requests of closed loops. What is kept in memory is what is in flight
 * in one of the two.
 */
export function findFirstDifference(
  from: ToldWorld,
  of: ToldWorld,
  what: keyof FirstDifferences,
  since: Nanoseconds,
): StoryPair | undefined {
  const stories = { from: new KeptStories(from, since), of: new KeptStories(of, since) };
  const stepLength = Math.ceil(stories.from.told.duration / STEPS);
  let first: StoryPair | undefined;
  for (let until = since; ; ) {
    until += stepLength;
    for (const { run } of [stories.from, stories.of]) run.advance(until);
    for (const pair of endedPairs(stories)) {
      if (differs(pair, what) && (first === undefined || isNotAfter(pair.from, first.from))) first = pair;
    }
    if (stories.from.run.isDone && stories.of.run.isDone) return first;
    if (first !== undefined && !stories.from.hasOpenBefore(first.from)) return first;
  }
}

/** The requests that have ended in both worlds, each once. */
function endedPairs({ from, of }: Readonly<Record<"from" | "of", KeptStories>>): StoryPair[] {
  const pairs: StoryPair[] = [];
  for (const [key, story] of from.ended) {
    const other = of.ended.get(key);
    if (other === undefined) continue;
    from.forget(key);
    of.forget(key);
    pairs.push({ from: story, of: other });
  }
  return pairs;
}

function differs({ from, of }: StoryPair, what: keyof FirstDifferences): boolean {
  if (what === "host") return from.lastHost !== of.lastHost;
  return from.status !== of.status || from.attempts !== of.attempts || from.flags.join() !== of.flags.join();
}

/** By the instant at which they were wanted; true of a request and itself. */
export function isNotAfter(a: RequestStory, b: RequestStory): boolean {
  if (a.wantedAt !== b.wantedAt) return a.wantedAt < b.wantedAt;
  if (a.client !== b.client) return a.client < b.client;
  return a.ordinal <= b.ordinal;
}

/** Keeps the story of each request of a run until it has been compared. */
class KeptStories {
  /** Ended and not compared yet. */
  readonly ended = new Map<string, RequestStory>();
  readonly told: ToldRun;
  private readonly since: Nanoseconds;
  /** Wanted and not compared yet. */
  private readonly wanted = new Map<string, Nanoseconds>();

  constructor(world: ToldWorld, since: Nanoseconds) {
    this.since = since;
    this.told = new ToldRun(world, this);
  }

  get run(): Run {
    return this.told.run;
  }

  wants(request: Request): boolean {
    if (request.wantedAt < this.since) return false;
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
