import type { Stream } from "../../network/stream.ts";
import { HealthFlag, type Host } from "../cluster/host.ts";
import type { HttpCheck, StatusRange } from "./health-check-options.ts";
import type { HealthCheckStats } from "./health-check-stats.ts";

/** What an answer to a check means. */
export interface Verdict {
  readonly passes: boolean;
  readonly isDegraded: boolean;
  readonly isRetriable: boolean;
  /** For the event log; 0 where it does not show one. */
  readonly httpStatus: number;
}

const GRPC = "application/grpc";

/**
 * Judges an HTTP answer; a failing one may take its host out of the reckoning of its priority at once. Bodies are
 * not looked at (Envoy 1.40, HttpActiveHealthCheckSession::healthCheckResult).
 */
export function httpVerdict(
  check: HttpCheck,
  { status, responseHeaders }: Stream,
  host: Host,
  stats: HealthCheckStats,
): Verdict {
  const failure = { passes: false, isDegraded: false, isRetriable: false, httpStatus: status };
  if (!isWithin(status, check.expectedStatuses)) {
    if (responseHeaders.has("x-envoy-immediate-health-check-fail"))
      host.healthFlags |= HealthFlag.excludedViaImmediateHealthCheckFail;
    return { ...failure, isRetriable: isWithin(status, check.retriableStatuses) };
  }
  if (check.serviceName !== null) {
    stats.verifyCluster.value++;
    if (!check.serviceName(responseHeaders.get("x-envoy-upstream-healthchecked-cluster") ?? ""))
      return failure;
  }
  return { ...failure, passes: true, isDegraded: responseHeaders.has("x-envoy-degraded") };
}

/** A message says SERVING unless the answer has failed as a whole: then its gRPC status stands in its headers. */
export function gRPCVerdict({ status, responseHeaders }: Stream): Verdict {
  const isMessage =
    status === 200 &&
    responseHeaders.get("content-type")?.startsWith(GRPC) === true &&
    !responseHeaders.has("grpc-status");
  return { passes: isMessage, isDegraded: false, isRetriable: false, httpStatus: 0 };
}

function isWithin(status: number, ranges: readonly StatusRange[]): boolean {
  return ranges.some(({ start, end }) => status >= start && status < end);
}
