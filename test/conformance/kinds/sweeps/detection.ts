import type { Json } from "../../case.ts";
import type { Draw } from "../../draw.ts";

const ALWAYS_OR_NEVER = [0, 100, 100];

export interface DrawnDetection {
  readonly detection: Json;
  /** `max_ejection_percent` does not allow that all hosts are out. */
  readonly mayLimit: boolean;
  /** Hosts may be ejected, or count as degraded, by single requests. */
  readonly actsBetweenSweeps: boolean;
}

/** A detector that ejects for one sweep, then for two, then for three. */
export function drawDetection(draw: Draw, hosts: number): DrawnDetection {
  const percent = draw.pick([100, 100, 10, 40, 60]);
  const isSplit = draw.chance(0.35);
  const actsBetweenSweeps = draw.chance(0.6);
  const detection = {
    // Between the times from an ejection to a sweep, of ejections by requests and of those by sweeps.
    base_ejection_time: "0.95s",
    ...draw.maybe(0.15, () => ({ max_ejection_time: "1.5s" })),
    max_ejection_percent: percent,
    ...draw.maybe(0.3, () => ({ always_eject_one_host: true })),
    ...(actsBetweenSweeps ? drawConsecutive(draw) : { consecutive_5xx: 0, consecutive_gateway_failure: 0 }),
    ...drawSuccessRate(draw, hosts),
    ...drawFailurePercentage(draw, hosts),
    ...(isSplit ? drawSplit(draw) : {}),
    ...(isSplit && !actsBetweenSweeps ? { consecutive_local_origin_failure: 0 } : {}),
    ...(actsBetweenSweeps ? draw.maybe(0.6, () => ({ detect_degraded_hosts: true })) : {}),
    ...draw.maybe(0.3, () => ({ successful_active_health_check_uneject_host: false })),
  };
  return { detection, mayLimit: percent < 100, actsBetweenSweeps };
}

function drawConsecutive(draw: Draw): Json {
  return {
    consecutive_5xx: draw.pick([0, 0, 2, 4, 7]),
    enforcing_consecutive_5xx: draw.pick(ALWAYS_OR_NEVER),
    consecutive_gateway_failure: draw.pick([0, 3, 5]),
    enforcing_consecutive_gateway_failure: draw.pick(ALWAYS_OR_NEVER),
  };
}

function drawSuccessRate(draw: Draw, hosts: number): Json {
  return {
    success_rate_minimum_hosts: draw.whole(1, hosts + 1),
    success_rate_request_volume: draw.whole(1, 15),
    success_rate_stdev_factor: draw.pick([300, 700, 1000, 1900]),
    enforcing_success_rate: draw.pick(ALWAYS_OR_NEVER),
  };
}

function drawFailurePercentage(draw: Draw, hosts: number): Json {
  return {
    failure_percentage_minimum_hosts: draw.whole(1, hosts + 1),
    failure_percentage_request_volume: draw.whole(1, 15),
    failure_percentage_threshold: draw.pick([10, 25, 50, 85, 100]),
    enforcing_failure_percentage: draw.pick(ALWAYS_OR_NEVER),
  };
}

function drawSplit(draw: Draw): Json {
  return {
    split_external_local_origin_errors: true,
    consecutive_local_origin_failure: draw.pick([0, 3, 5]),
    enforcing_consecutive_local_origin_failure: draw.pick(ALWAYS_OR_NEVER),
    enforcing_local_origin_success_rate: draw.pick(ALWAYS_OR_NEVER),
    enforcing_failure_percentage_local_origin: draw.pick(ALWAYS_OR_NEVER),
  };
}
