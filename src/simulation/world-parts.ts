import type { Simulator } from "../kernel/simulator.ts";
import { type Nanoseconds, SECOND } from "../kernel/time.ts";
import type { Network } from "../network/network.ts";
import type { Streams } from "../random/streams.ts";
import type { Activity } from "../telemetry/activity.ts";
import type { Observation } from "../telemetry/observation.ts";
import type { Recorder } from "../telemetry/recorder.ts";
import type { WorldPlan } from "./plan.ts";
import type { StationNumbers } from "./station-numbers.ts";

/** Proxy processes start at uniform instants in the time before traffic, so that fleets do not tick in step. */
export const PROXY_START_SPAN: Nanoseconds = 10 * SECOND;

/** What every part of a world is built with. */
export interface WorldParts {
  readonly plan: WorldPlan;
  readonly simulator: Simulator;
  readonly network: Network;
  readonly streams: Streams;
  readonly recorder: Recorder;
  readonly observation: Observation;
  readonly activity: Activity;
  readonly numbers: StationNumbers;
}
