import type { Nanoseconds } from "../../kernel/time.ts";
import { HealthFlag, type Host } from "../cluster/host.ts";
import type { HealthCheckEvent, HealthCheckFailureType } from "./health-check-event.ts";
import type { HealthCheckOptions } from "./health-check-options.ts";
import type { HealthCheckStats } from "./health-check-stats.ts";

/** What a check has done to its host's health; `ChangePending`: a threshold is being counted up. */
export type HealthTransition = "Unchanged" | "Changed" | "ChangePending";

/** The settings that decide what checks do to a host. */
export type HealthThresholds = Pick<
  HealthCheckOptions,
  "healthyThreshold" | "unhealthyThreshold" | "alwaysLogFailures" | "alwaysLogSuccess"
>;

/**
 * The health of one host as its checks see it: thresholds, flags, event log, statistics. Times and connections
 * are not its concern (Envoy 1.40, ActiveHealthCheckSession in
 * source/extensions/health_checkers/common/health_checker_base_impl.cc).
 */
export class HostHealth {
  readonly host: Host;
  /** Until a check has ended, one way or the other. */
  isFirstCheck = true;
  readonly #thresholds: HealthThresholds;
  readonly #stats: HealthCheckStats;
  readonly #log: (host: Host, event: HealthCheckEvent) => void;
  #successes = 0;
  #failures = 0;

  constructor(
    host: Host,
    thresholds: HealthThresholds,
    stats: HealthCheckStats,
    log: (host: Host, event: HealthCheckEvent) => void,
  ) {
    this.host = host;
    this.#thresholds = thresholds;
    this.#stats = stats;
    this.#log = log;
    if (!this.has(HealthFlag.failedActiveHealthCheck)) stats.healthy.value++;
    if (this.has(HealthFlag.degradedActiveHealthCheck)) stats.degraded.value++;
  }

  has(flag: number): boolean {
    return (this.host.healthFlags & flag) !== 0;
  }

  /** A check has passed. The very first success is enough; later ones are counted up to the threshold. */
  succeed(isDegraded: boolean, now: Nanoseconds): HealthTransition {
    this.#failures = 0;
    let transition: HealthTransition = "Unchanged";
    if (this.has(HealthFlag.failedActiveHealthCheck)) {
      transition = this.#countSuccess();
      this.host.lastHealthCheckPass = now;
    }
    if (transition !== "Changed" && this.#thresholds.alwaysLogSuccess)
      this.#log(this.host, { kind: "successful_health_check_event" });
    transition = this.#endPending(transition);
    if (isDegraded !== this.has(HealthFlag.degradedActiveHealthCheck)) {
      this.#setDegraded(isDegraded);
      if (transition === "Unchanged") transition = "Changed";
    }
    this.#stats.success.value++;
    this.isFirstCheck = false;
    return transition;
  }

  /**
   * A check has failed. What the host answered counts at once, unless its status is to be tried again; what it
   * did not answer is counted up to the threshold.
   */
  fail(type: HealthCheckFailureType, isRetriable: boolean, httpStatus: number): HealthTransition {
    this.#successes = 0;
    const isNetwork = type === "NETWORK" || type === "NETWORK_TIMEOUT";
    let transition: HealthTransition = "Unchanged";
    if (!this.has(HealthFlag.failedActiveHealthCheck)) {
      const isFinal = !isNetwork && !isRetriable;
      if (isFinal || ++this.#failures === this.#thresholds.unhealthyThreshold) {
        this.#set(HealthFlag.failedActiveHealthCheck, true);
        this.#stats.healthy.value--;
        transition = "Changed";
        this.#log(this.host, { kind: "eject_unhealthy_event", failureType: type, httpStatus });
      } else {
        transition = "ChangePending";
      }
    }
    const hasTimedOut = type === "NETWORK_TIMEOUT" && this.has(HealthFlag.failedActiveHealthCheck);
    this.#set(HealthFlag.activeHealthCheckTimeout, hasTimedOut);
    transition = this.#endPending(transition);
    const { isFirstCheck: firstCheck } = this;
    if (firstCheck || this.#thresholds.alwaysLogFailures)
      this.#log(this.host, { kind: "health_check_failure_event", failureType: type, httpStatus, firstCheck });
    this.#stats.failure.value++;
    if (isNetwork) this.#stats.networkFailure.value++;
    else if (type === "PASSIVE") this.#stats.passiveFailure.value++;
    this.isFirstCheck = false;
    return transition;
  }

  /** The host is not checked any more. */
  forget(): void {
    if (!this.has(HealthFlag.failedActiveHealthCheck)) this.#stats.healthy.value--;
    if (this.has(HealthFlag.degradedActiveHealthCheck)) this.#stats.degraded.value--;
  }

  #countSuccess(): HealthTransition {
    const { isFirstCheck: firstCheck } = this;
    if (!firstCheck && ++this.#successes !== this.#thresholds.healthyThreshold) return "ChangePending";
    this.#set(HealthFlag.activeHealthCheckTimeout, false);
    this.#set(HealthFlag.excludedViaImmediateHealthCheckFail, false);
    this.#set(HealthFlag.failedActiveHealthCheck, false);
    this.#stats.healthy.value++;
    this.#log(this.host, { kind: "add_healthy_event", firstCheck });
    return "Changed";
  }

  /** The gauge of degraded hosts only rises: Envoy does not lower it when a host recovers. */
  #setDegraded(isDegraded: boolean): void {
    this.#set(HealthFlag.degradedActiveHealthCheck, isDegraded);
    if (isDegraded) this.#stats.degraded.value++;
    this.#log(this.host, { kind: isDegraded ? "degraded_healthy_host" : "no_longer_degraded_host" });
  }

  /** The first check ends the time in which the host does not count as a member, whatever its outcome. */
  #endPending(transition: HealthTransition): HealthTransition {
    if (!this.has(HealthFlag.pendingActiveHealthCheck)) return transition;
    this.#set(HealthFlag.pendingActiveHealthCheck, false);
    return "Changed";
  }

  #set(flag: number, value: boolean): void {
    if (value) this.host.healthFlags |= flag;
    else this.host.healthFlags &= ~flag;
  }
}
