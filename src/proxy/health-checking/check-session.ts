import type { Handle, Simulator } from "../../kernel/simulator.ts";
import { MILLISECOND } from "../../kernel/time.ts";
import type { Random64 } from "../../random/random64.ts";
import { type CheckResult, nextCheckMs, withJitterMs } from "./check-interval.ts";
import type { HealthCheckFailureType } from "./health-check-event.ts";
import type { HealthCheckOptions } from "./health-check-options.ts";
import type { HealthCheckStats } from "./health-check-stats.ts";
import type { HealthTransition, HostHealth } from "./host-health.ts";

/** What a session needs of the checker around it. */
export interface SessionDeps {
  readonly simulator: Simulator;
  readonly options: HealthCheckOptions;
  readonly stats: HealthCheckStats;
  /** Draws of the process's main thread. */
  readonly random: Random64;
  /** Whether the cluster has ever opened a connection for traffic. */
  hasTraffic(): boolean;
  /** A check has ended, or an answer to traffic has failed the host. */
  onChecked(health: HostHealth, transition: HealthTransition, result: CheckResult): void;
}

/**
 * The checks of one host, one at a time: each is followed by the next an interval after its end. Subclasses say
 * how a check is made.
 */
export abstract class CheckSession {
  readonly health: HostHealth;
  protected readonly deps: SessionDeps;
  private intervalTimer: Handle = 0;
  private timeoutTimer: Handle = 0;
  private isStopped = false;

  constructor(health: HostHealth, deps: SessionDeps) {
    this.health = health;
    this.deps = deps;
  }

  /** Begins one check; ends it with `passed` or `failed`. */
  protected abstract send(): void;

  /** The check that runs has taken too long: gives it up. */
  protected abstract giveUp(): void;

  /** Closes what is open; nothing may be heard of it any more. */
  protected abstract close(): void;

  start(): void {
    const { options, random, simulator } = this.deps;
    this.isStopped = false;
    if (options.initialJitterMs === 0) {
      this.check();
      return;
    }
    const delay = withJitterMs(options.intervals, 0, options.initialJitterMs, random);
    this.intervalTimer = simulator.after(delay * MILLISECOND, intervalOver, this);
  }

  stop(): void {
    this.isStopped = true;
    this.deps.simulator.cancel(this.intervalTimer);
    this.deps.simulator.cancel(this.timeoutTimer);
    this.close();
  }

  check(): void {
    this.send();
    this.timeoutTimer = this.deps.simulator.timeout(this.deps.options.timeout, timedOut, this);
    this.deps.stats.attempt.value++;
  }

  onTimeout(): void {
    this.giveUp();
    this.failed("NETWORK_TIMEOUT");
  }

  /** An answer to ordinary traffic has said that the host is out; the rhythm of the checks stays as it is. */
  failPassively(): void {
    this.deps.onChecked(this.health, this.health.fail("PASSIVE", false, 0), "Unhealthy");
  }

  protected passed(isDegraded: boolean): void {
    this.ended(this.health.succeed(isDegraded, this.deps.simulator.now), "Healthy");
  }

  protected failed(type: HealthCheckFailureType, isRetriable = false, httpStatus = 0): void {
    this.ended(this.health.fail(type, isRetriable, httpStatus), "Unhealthy");
  }

  private ended(transition: HealthTransition, result: CheckResult): void {
    const { deps } = this;
    deps.onChecked(this.health, transition, result);
    deps.simulator.cancel(this.timeoutTimer);
    // Whoever heard of the result may have taken the host out of the cluster.
    if (this.isStopped) return;
    const delay = nextCheckMs(deps.options.intervals, deps.hasTraffic(), result, transition, deps.random);
    // A TCP connection that breaks between two checks is a failed check of its own and moves the next.
    deps.simulator.cancel(this.intervalTimer);
    this.intervalTimer = deps.simulator.after(delay * MILLISECOND, intervalOver, this);
  }
}

function intervalOver(session: CheckSession): void {
  session.check();
}

function timedOut(session: CheckSession): void {
  session.onTimeout();
}
