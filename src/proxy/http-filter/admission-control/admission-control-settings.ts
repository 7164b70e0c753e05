import type { Message } from "../../../decode/message.ts";
import { type Nanoseconds, SECOND } from "../../../kernel/time.ts";
import { timerDuration } from "../../cluster/timer-duration.ts";
import { readFeatureFlag } from "../../runtime/feature-flag.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { readRuntimeNumber } from "../../runtime/runtime-number.ts";

const GRPC_SUCCESSES: readonly number[] = [0, 1, 2, 3, 5, 6, 7, 9, 11, 12, 16];
/** Without criteria every status below it is a success. */
const FIRST_SERVER_ERROR = 500;

/** `extensions.filters.http.admission_control.v3.AdmissionControl`. */
export interface AdmissionControlSettings {
  readonly isEnabled: boolean;
  /** Whole seconds. */
  readonly window: Nanoseconds;
  /** At least 1. */
  readonly aggression: number;
  /** Share of successes below which requests are rejected, above 0 up to 1. */
  readonly threshold: number;
  /** Requests a second below which none is rejected. */
  readonly rpsThreshold: number;
  /** 0 to 1. */
  readonly maxProbability: number;
  isHttpSuccess(status: number): boolean;
  isGrpcSuccess(grpcStatus: number): boolean;
}

export function readAdmissionControl(config: Message, runtime: Runtime): AdmissionControlSettings {
  const window = timerDuration(config, "sampling_window", 30 * SECOND);
  const criteria = config.message("success_criteria");
  const number = (field: string, otherwise: number) =>
    readRuntimeNumber(config.message(field), runtime, otherwise);
  return {
    isEnabled: readFeatureFlag(config.message("enabled"), runtime),
    window: window - (window % SECOND),
    aggression: Math.max(1, number("aggression", 1)),
    threshold: Math.min(number("sr_threshold", 95), 100) / 100,
    rpsThreshold: number("rps_threshold", 0),
    maxProbability: number("max_rejection_probability", 80) / 100,
    isHttpSuccess: readHttpCriteria(criteria?.message("http_criteria")),
    isGrpcSuccess: readGrpcCriteria(criteria?.message("grpc_criteria")),
  };
}

function readHttpCriteria(criteria: Message | undefined): (status: number) => boolean {
  if (criteria === undefined) return (status) => status < FIRST_SERVER_ERROR;
  const ranges = criteria
    .messages("http_success_status")
    .map((range) => ({ start: range.number("start", 0), end: range.number("end", 0) }));
  return (status) => ranges.some(({ start, end }) => start <= status && status < end);
}

function readGrpcCriteria(criteria: Message | undefined): (grpcStatus: number) => boolean {
  const successes = criteria === undefined ? GRPC_SUCCESSES : criteria.numbers("grpc_success_status");
  return (grpcStatus) => successes.includes(grpcStatus);
}
