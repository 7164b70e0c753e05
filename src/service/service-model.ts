import type { Nanoseconds } from "../kernel/time.ts";
import type { Distribution } from "../random/distributions/distribution.ts";
import type { RateLimitService } from "./rate-limit/rate-limit-service.ts";

/** Shares of statuses other than 200, as cumulative shares in the order of the file. */
export interface ErrorModel {
  readonly statuses: readonly number[];
  readonly cumulative: readonly number[];
}

/** How the hosts of a service answer when no fault holds. */
export interface ServiceModel {
  readonly name: string;
  /** Its number among the places of a request's own chance. */
  readonly place: number;
  /** Requests that one host serves at once; Infinity: unlimited. */
  readonly workers: number;
  /** Requests that may wait at one host; Infinity: no limit. */
  readonly queueLimit: number;
  readonly time: Distribution;
  readonly errors: ErrorModel;
  readonly bodyBytes: number;
  /** Whether a waiting request whose sender has gone is skipped. */
  readonly dropAbandoned: boolean;
  /** Whether its answers say how busy it is. */
  readonly reportsLoad: boolean;
  /** After so long without a request a host closes a connection; Infinity: never. */
  readonly idleTimeout: Nanoseconds;
  /** Null: it is no rate-limit service. */
  readonly rateLimits: RateLimitService | null;
}

export function makeErrorModel(shares: readonly { status: number; share: number }[]): ErrorModel {
  let sum = 0;
  return {
    statuses: shares.map(({ status }) => status),
    cumulative: shares.map(({ share }) => (sum += share)),
  };
}

/** The status for a uniform u: 200 unless it falls into one of the shares. */
export function statusFor(errors: ErrorModel, u: number): number {
  const { cumulative } = errors;
  for (let i = 0; i < cumulative.length; i++) if (u < cumulative[i]!) return errors.statuses[i]!;
  return 200;
}
