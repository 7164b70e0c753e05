import type { Window } from "../scenario/expectation.ts";
import type { RunResult } from "../simulation/result.ts";
import { Run } from "../simulation/run-world.ts";
import type { AccessLogRecord } from "../telemetry/access-log.ts";
import type { Journal } from "../telemetry/journal.ts";
import { type LoadedScenario, type LoadedVariant, windowsOf } from "./load-scenario.ts";

export interface SimulateOptions {
  /** Null or absent: the base. */
  readonly variant?: string | null;
  /** In place of the scenario's own; see replicate/replication-seed.ts. */
  readonly seed?: string;
  /** Windows to report beside those that expectations need. */
  readonly windows?: readonly Window[];
  readonly accessLog?: (record: AccessLogRecord) => void;
  readonly journal?: Journal;
}

/** Runs a scenario, or one of its variants, once. Throws a RangeError for a variant that does not exist. */
export function simulate(scenario: LoadedScenario, options: SimulateOptions = {}): RunResult {
  const run = startRun(scenario, options);
  run.advance();
  return run.result();
}

/** As `simulate`, but the caller advances the run. */
export function startRun(scenario: LoadedScenario, options: SimulateOptions = {}): Run {
  const { plan, variant, expectations } = variantOf(scenario, options.variant ?? null);
  return new Run(plan, {
    variant,
    seed: options.seed ?? plan.scenario.seed,
    windows: [...windowsOf(expectations), ...(options.windows ?? [])],
    ...(options.accessLog !== undefined && { accessLog: options.accessLog }),
    ...(options.journal !== undefined && { journal: options.journal }),
  });
}

export function variantOf(scenario: LoadedScenario, name: string | null): LoadedVariant {
  const found = scenario.variants.find(({ variant }) => variant === name);
  if (found === undefined) throw new RangeError(`scenario "${scenario.name}" has no variant "${name}"`);
  return found;
}
