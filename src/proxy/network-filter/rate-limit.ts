import type { Message } from "../../decode/message.ts";
import type { Descriptor, RateLimitResponse } from "../../http/rate-limit-call.ts";
import type { Random64 } from "../../random/random64.ts";
import type { Counter, Gauge, Stats } from "../../telemetry/stats.ts";
import { type RateLimitServer, readRateLimitServer } from "../cluster/rate-limit-server.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { runtimeInteger } from "../runtime/runtime-number.ts";
import { compileConnectionText } from "./connection-text.ts";
import type {
  ConnectionCallReceiver,
  ConnectionFilter,
  FilteredConnection,
  NetworkFilterKind,
} from "./network-filter.ts";

/** `extensions.filters.network.ratelimit.v3.RateLimit`. */
interface RateLimitConfig {
  readonly statPrefix: string;
  readonly domain: string;
  readonly server: RateLimitServer;
  /** By what connections are counted. */
  readonly descriptors: readonly ((connection: FilteredConnection) => Descriptor)[];
  readonly deniesOnError: boolean;
  /** Shares in percent, by runtime: of connections that are asked about, and of those over the limit that are closed. */
  readonly enabled: number;
  readonly enforcing: number;
}

export const rateLimit: NetworkFilterKind = {
  type: "envoy.extensions.filters.network.ratelimit.v3.RateLimit",
  read(message, runtime) {
    const config = readConfig(message, runtime);
    return ({ stats }) => {
      const counts = new RateLimitStats(stats, config.statPrefix);
      return (connection) => new RateLimitFilter(config, counts, connection);
    };
  },
};

function readConfig(config: Message, runtime: Runtime): RateLimitConfig {
  return {
    statPrefix: config.string("stat_prefix"),
    domain: config.string("domain"),
    server: readRateLimitServer(config),
    descriptors: config.messages("descriptors").flatMap((descriptor) => readDescriptor(descriptor) ?? []),
    deniesOnError: config.boolean("failure_mode_deny"),
    enabled: runtimeInteger(runtime, "ratelimit.tcp_filter_enabled", 100),
    enforcing: runtimeInteger(runtime, "ratelimit.tcp_filter_enforcing", 100),
  };
}

/** A descriptor with commands that are not simulated is left out, and reported because nobody reads them. */
function readDescriptor(descriptor: Message): ((connection: FilteredConnection) => Descriptor) | undefined {
  const entries = descriptor.messages("entries").map((entry) => {
    const value = compileConnectionText(String(entry.json.value ?? ""));
    if (value !== undefined) entry.string("value");
    return value && { key: entry.string("key"), value };
  });
  const known = entries.filter((entry) => entry !== undefined);
  if (known.length < entries.length) return undefined;
  return (connection) => known.map(({ key, value }) => ({ key, value: value(connection) }));
}

/** Envoy's statistics `ratelimit.PREFIX.*`. */
class RateLimitStats {
  readonly total: Counter;
  readonly ok: Counter;
  readonly error: Counter;
  readonly overLimit: Counter;
  readonly failureModeAllowed: Counter;
  readonly cxClosed: Counter;
  readonly active: Gauge;

  constructor(stats: Stats, statPrefix: string) {
    const prefix = `ratelimit.${statPrefix}.`;
    this.total = stats.counter(`${prefix}total`);
    this.ok = stats.counter(`${prefix}ok`);
    this.error = stats.counter(`${prefix}error`);
    this.overLimit = stats.counter(`${prefix}over_limit`);
    this.failureModeAllowed = stats.counter(`${prefix}failure_mode_allowed`);
    this.cxClosed = stats.counter(`${prefix}cx_closed`);
    this.active = stats.gauge(`${prefix}active`);
  }
}

/**
 * Asks a rate-limit service about a new connection, which waits for the answer (Envoy 1.40,
 * source/extensions/filters/network/ratelimit/ratelimit.cc).
 */
class RateLimitFilter implements ConnectionFilter, ConnectionCallReceiver {
  private readonly config: RateLimitConfig;
  private readonly stats: RateLimitStats;
  private readonly connection: FilteredConnection;
  private state: "calling" | "complete" = "complete";
  /** An answer that comes while the call is made needs no going on. */
  private isInitiating = false;
  private isRefused = false;
  private call: { cancel(): void } | null = null;

  constructor(config: RateLimitConfig, stats: RateLimitStats, connection: FilteredConnection) {
    this.config = config;
    this.stats = stats;
    this.connection = connection;
  }

  onNewConnection(): "continue" | "stop" {
    const { config, connection, stats } = this;
    if (!isInPercent(config.enabled, connection.random)) return "continue";
    this.state = "calling";
    stats.active.value++;
    stats.total.value++;
    const descriptors = config.descriptors.map((descriptor) => descriptor(connection));
    this.isInitiating = true;
    const request = { domain: config.domain, descriptors };
    const call = connection.callService({ ...config.server, request }, this);
    if (call === null) this.onAnswer(null);
    this.call = call;
    this.isInitiating = false;
    return this.state === "calling" || this.isRefused ? "stop" : "continue";
  }

  onAnswer(response: RateLimitResponse | null): void {
    const { stats, config, connection } = this;
    this.state = "complete";
    stats.active.value--;
    if (response === null) stats.error.value++;
    else (response.isOver ? stats.overLimit : stats.ok).value++;
    if (response?.isOver === true && isInPercent(config.enforcing, connection.random)) {
      this.refuse("ratelimit_close_over_limit");
    } else if (response === null && config.deniesOnError) {
      this.refuse("ratelimit_error_failure_mode_connection_close");
    } else {
      if (response === null) stats.failureModeAllowed.value++;
      if (!this.isInitiating) connection.continueReading();
    }
  }

  private refuse(reason: string): void {
    this.isRefused = true;
    this.stats.cxClosed.value++;
    this.connection.close(reason, null);
  }

  onClosed(): void {
    if (this.state !== "calling") return;
    this.state = "complete";
    this.call?.cancel();
    this.stats.active.value--;
  }
}

/** Draws only where that decides something. */
function isInPercent(percent: number, random: Random64): boolean {
  if (percent === 0 || percent >= 100) return percent > 0;
  random.draw("whether the limit counts");
  return random.mod(100) < percent;
}
