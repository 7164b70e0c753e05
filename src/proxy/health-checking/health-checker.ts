import type { Request } from "../../http/request.ts";
import type { Simulator } from "../../kernel/simulator.ts";
import type { Connection, ConnectionOwner, HttpProtocol } from "../../network/connection.ts";
import type { Random64 } from "../../random/random64.ts";
import type { Stats } from "../../telemetry/stats.ts";
import { HealthFlag, type Host } from "../cluster/host.ts";
import type { CheckResult } from "./check-interval.ts";
import type { CheckSession, SessionDeps } from "./check-session.ts";
import type { HealthCheckEvent } from "./health-check-event.ts";
import type { HealthCheckOptions } from "./health-check-options.ts";
import { healthCheckStats } from "./health-check-stats.ts";
import { type HealthTransition, HostHealth } from "./host-health.ts";
import { HttpSession } from "./http-session.ts";
import { TcpSession } from "./tcp-session.ts";

/** Who acts on what the checks find. */
export interface HealthCheckListener {
  /** A check of the host has ended, or an answer to traffic has failed it, or it has left before its first check. */
  onChecked(host: Host, transition: HealthTransition, result: CheckResult): void;
  /** A line for the event log. */
  onEvent(host: Host, event: HealthCheckEvent): void;
}

export interface HealthCheckerDeps {
  readonly simulator: Simulator;
  readonly stats: Stats;
  /** Such as `cluster.checkout.`. */
  readonly statPrefix: string;
  /** Draws of the process's main thread. */
  readonly random: Random64;
  readonly clusterName: string;
  readonly listener: HealthCheckListener;
  /** Whether the cluster has ever opened a connection for traffic. */
  hasTraffic(): boolean;
  connect(owner: ConnectionOwner, host: Host, protocol: "http1" | "http2"): Connection;
  /** A new identity for a check; its chance derives from draws of the checks' own. */
  newRequest(): Request;
}

/** Flags of a host that nobody has checked yet; `isAwaited`: until then it does not count as a member. */
export function uncheckedFlags(isAwaited: boolean): number {
  return HealthFlag.failedActiveHealthCheck | (isAwaited ? HealthFlag.pendingActiveHealthCheck : 0);
}

/**
 * The active health checks of one cluster of one proxy process: a session for each host that is to be checked
 * (Envoy 1.40, HealthCheckerImplBase in source/extensions/health_checkers/common/health_checker_base_impl.cc).
 *
 * Its owner gives hosts that join their unchecked flags, then tells it of them; and of those that leave.
 */
export class HealthChecker {
  readonly options: HealthCheckOptions;
  private readonly deps: HealthCheckerDeps;
  private readonly sessionDeps: SessionDeps;
  private readonly sessions = new Map<Host, CheckSession>();

  constructor(options: HealthCheckOptions, deps: HealthCheckerDeps) {
    this.options = options;
    this.deps = deps;
    this.sessionDeps = {
      simulator: deps.simulator,
      options,
      stats: healthCheckStats(deps.stats, deps.statPrefix),
      random: deps.random,
      hasTraffic: () => deps.hasTraffic(),
      onChecked: ({ host }, transition, result) => deps.listener.onChecked(host, transition, result),
    };
  }

  /** Whether this host is checked at all. */
  static checks({ endpoint }: Host): boolean {
    return endpoint.healthCheck?.isDisabled !== true;
  }

  /** Begins to check hosts that have joined. */
  addHosts(hosts: readonly Host[]): void {
    for (const host of hosts) {
      if (!HealthChecker.checks(host) || this.sessions.has(host)) continue;
      const session = this.makeSession(host);
      this.sessions.set(host, session);
      session.start();
    }
  }

  /** A host has left. */
  removeHost(host: Host): void {
    const session = this.sessions.get(host);
    if (session === undefined) return;
    session.stop();
    this.sessions.delete(host);
    const { health } = session;
    const result = health.has(HealthFlag.failedActiveHealthCheck) ? "Unhealthy" : "Healthy";
    health.forget();
    // Someone may wait for a check that will not come.
    if (health.isFirstCheck) this.deps.listener.onChecked(host, "Unchanged", result);
  }

  isChecked(host: Host): boolean {
    return this.sessions.has(host);
  }

  /** An answer to ordinary traffic has said that the host is out (Envoy posts this to its main thread). */
  failPassively(host: Host): void {
    this.sessions.get(host)?.failPassively();
  }

  /** The process dies: nothing is checked until `resume`. */
  pause(): void {
    for (const session of this.sessions.values()) session.stop();
  }

  resume(): void {
    for (const session of this.sessions.values()) session.start();
  }

  private makeSession(host: Host): CheckSession {
    const { deps, options, sessionDeps } = this;
    const { check } = options;
    const health = new HostHealth(host, options, sessionDeps.stats, (of, event) =>
      deps.listener.onEvent(of, event),
    );
    const protocol: HttpProtocol =
      check.kind === "GRPC" ? "http2" : check.kind === "HTTP" ? check.protocol : "http1";
    const transport = {
      connect: (owner: ConnectionOwner) => deps.connect(owner, host, protocol),
      newRequest: () => deps.newRequest(),
    };
    if (check.kind === "TCP") return new TcpSession(health, sessionDeps, transport, check.wantsAnswer);
    const authority = host.endpoint.healthCheck?.hostname || check.head.authority || deps.clusterName;
    return new HttpSession(health, sessionDeps, transport, { ...check.head, authority });
  }
}
