import type { Nanoseconds } from "../kernel/time.ts";
import type { Window } from "../scenario/expectation.ts";
import type { AccessLogRecord } from "../telemetry/access-log.ts";
import type { Journal } from "../telemetry/journal.ts";
import { makeResult } from "./make-result.ts";
import type { WorldPlan } from "./plan.ts";
import type { RunResult } from "./result.ts";
import { World } from "./world.ts";

export interface RunOptions {
  readonly variant: string | null;
  readonly seed: string;
  /** Spans whose requests are counted apart. */
  readonly windows: readonly Window[];
  /** Takes an entry for each request that a proxy has finished; it does not change the run. */
  readonly accessLog?: (record: AccessLogRecord) => void;
  /** Hears of each request; it does not change the run either. */
  readonly journal?: Journal;
}

/** One scenario, one seed, one run, made in steps so that its caller may show progress or break it off. */
export class Run {
  private readonly options: RunOptions;
  private readonly world: World;

  constructor(plan: WorldPlan, options: RunOptions) {
    this.options = options;
    this.world = new World(
      plan,
      options.seed,
      options.windows,
      options.accessLog ?? null,
      options.journal ?? null,
    );
  }

  /** Runs on up to a virtual time. How it is cut into steps does not change the run. */
  advance(until: Nanoseconds = Number.POSITIVE_INFINITY): void {
    this.world.advance(until);
  }

  /**
   * Ends the run where it is, for who is interrupted: the result is that of a shorter duration, with what is in flight as
   * unfinished. Answers whether there is one, which a run that is still in its warm-up does not have.
   */
  breakOff(): boolean {
    this.world.breakOff();
    const { duration, warmup } = this.world.parts.observation;
    return duration > warmup;
  }

  get isDone(): boolean {
    return this.world.isDone;
  }

  /** Where the station of a number is, as a Journal gets it; undefined for none. */
  addressOf(station: number): string | undefined {
    return this.world.parts.numbers.addressOf(station);
  }

  /** What was found; only when the run is done. */
  result(): RunResult {
    if (!this.isDone) throw new Error("the run is not done");
    return makeResult(this.world, this.options.variant, this.options.seed);
  }
}
