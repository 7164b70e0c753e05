import type { Request } from "../../http/request.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import type { Run } from "../../simulation/run-world.ts";
import type { Journal } from "../../telemetry/journal.ts";
import type { LoadedScenario } from "../load-scenario.ts";
import { startRun, variantOf } from "../simulate.ts";
import { OpenStory, type RequestStory, StationNames } from "./request-story.ts";

/** A world to run. */
export interface ToldWorld {
  readonly scenario: LoadedScenario;
  /** Null: the base. */
  readonly variant: string | null;
  /** In place of the scenario's own. */
  readonly seed?: string;
}

/** Who hears the stories of a run. */
export interface Listener {
  /** Whether the story of this request, which is wanted now, shall be told. */
  wants(request: Request): boolean;
  /** It has ended. */
  hear(request: Request, story: RequestStory): void;
}

/** A run that tells what becomes of each request its listener asks for. */
export class ToldRun implements Journal {
  readonly run: Run;
  readonly duration: Nanoseconds;
  private readonly listener: Listener;
  private readonly names: StationNames;
  private readonly open = new Map<Request, OpenStory>();
  private readonly exchanges = new WeakMap<object, OpenStory>();

  constructor({ scenario, variant, seed }: ToldWorld, listener: Listener) {
    this.listener = listener;
    this.run = startRun(scenario, { variant, journal: this, ...(seed !== undefined && { seed }) });
    const { plan } = variantOf(scenario, variant);
    this.duration = plan.scenario.duration;
    this.names = new StationNames(plan, (station) => this.run.addressOf(station));
  }

  clientName({ client }: Request): string {
    return this.names.client(client);
  }

  requestWanted(request: Request): void {
    if (this.listener.wants(request)) this.open.set(request, new OpenStory(request));
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
    this.open.delete(request);
    this.listener.hear(request, story.tell(status, now, this.names));
  }
}
