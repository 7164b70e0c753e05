import type { Request } from "../../http/request.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import type { Run } from "../../simulation/run-world.ts";
import type { Journal } from "../../telemetry/journal.ts";
import { OpenStory, type RequestStory, StationNames } from "../compare/request-story.ts";
import type { LoadedScenario } from "../load-scenario.ts";
import { startRun, variantOf } from "../simulate.ts";

/** A request by its client's name and its running number. */
export interface NamedRequest {
  readonly client: string;
  readonly ordinal: number;
}

/** Virtual time is cut into so many steps, after each of which it is seen whether all are told. */
const STEPS = 100;

/** Simulates again until these requests have ended, and tells what became of each; those that never come are left out. */
export function tellRequests(
  scenario: LoadedScenario,
  variant: string | null,
  wanted: readonly NamedRequest[],
): RequestStory[] {
  const told = new ToldRequests(scenario, variant, wanted);
  const { duration } = variantOf(scenario, variant).plan.scenario;
  for (let step = 1; wanted.length > told.stories.length && !told.run.isDone; step++) {
    told.run.advance(step <= STEPS ? (duration * step) / STEPS : Number.POSITIVE_INFINITY);
  }
  return told.stories;
}

class ToldRequests implements Journal {
  readonly run: Run;
  readonly stories: RequestStory[] = [];
  /** By the client's index. */
  private readonly ordinals: readonly (readonly number[])[];
  private readonly open = new Map<Request, OpenStory>();
  private readonly exchanges = new WeakMap<object, OpenStory>();
  private readonly names: StationNames;

  constructor(scenario: LoadedScenario, variant: string | null, wanted: readonly NamedRequest[]) {
    const { plan } = variantOf(scenario, variant);
    this.ordinals = plan.clients.map(({ name }) =>
      wanted.filter(({ client }) => client === name).map(({ ordinal }) => ordinal),
    );
    this.run = startRun(scenario, { variant, journal: this });
    this.names = new StationNames(plan, (station) => this.run.addressOf(station));
  }

  requestWanted(request: Request): void {
    if (this.ordinals[request.client]!.includes(request.ordinal)) {
      this.open.set(request, new OpenStory(request));
    }
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
    this.stories.push(story.tell(status, now, this.names));
    this.open.delete(request);
  }
}
