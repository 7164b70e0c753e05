import type { Message } from "../../decode/message.ts";
import { HOUR, MILLISECOND, type Nanoseconds } from "../../kernel/time.ts";
import { timerDuration } from "../cluster/timer-duration.ts";
import { type ClusterChoice, readClusterChoice } from "./cluster-choice.ts";

export const TCP_PROXY = "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy";

/** `extensions.filters.network.tcp_proxy.v3.TcpProxy`. */
export interface TcpProxyConfig {
  readonly statPrefix: string;
  readonly clusters: ClusterChoice;
  /** What balancers hash connections by; null: nothing. */
  readonly hashPolicy: HashPolicy | null;
  readonly maxConnectAttempts: number;
  /** Bounds of the time between two attempts to connect; null: the next one follows at once. */
  readonly backOff: BackOffBounds | null;
  /** After so long without a byte in either direction a connection is closed; 0: never. */
  readonly idleTimeout: Nanoseconds;
  /** So long after it was accepted a connection is closed; 0: never. */
  readonly maxDuration: Nanoseconds;
  /** So many percent may come on top of it. */
  readonly maxDurationJitter: number;
  /** Whether it connects only when the client has sent something. */
  readonly waitsForData: boolean;
  /** Whether draining closes its connections when bytes flow on them. */
  readonly checksDrainClose: boolean;
}

export type HashPolicy =
  | { readonly kind: "source-ip" }
  | { readonly kind: "filter-state"; readonly key: string };

export interface BackOffBounds {
  readonly baseIntervalMs: number;
  readonly maxIntervalMs: number;
}

const DEFAULT_IDLE_TIMEOUT: Nanoseconds = HOUR;
/** How much longer than the first back-off the longest is by default. */
const DEFAULT_BACK_OFF_GROWTH = 10;

/**
 * Reads a valid TcpProxy (Envoy 1.40, source/common/tcp_proxy/tcp_proxy.cc). Waiting for the client's TLS handshake
 * is taken for waiting for what the client sends behind it; without TLS it is no waiting at all.
 */
export function readTcpProxy(config: Message, isTls: boolean): TcpProxyConfig {
  const jitter = config.message("max_downstream_connection_duration_jitter_percentage");
  const mode = config.enum<string>("upstream_connect_mode", "IMMEDIATE");
  // Bytes that wait in the proxy or in the kernel wait equally long.
  config.number("max_early_data_bytes");
  return {
    statPrefix: config.string("stat_prefix"),
    clusters: readClusterChoice(config),
    hashPolicy: readHashPolicy(config.messages("hash_policy")[0]),
    maxConnectAttempts: config.number("max_connect_attempts", 1),
    backOff: readBackOff(config.message("backoff_options")),
    idleTimeout: timerDuration(config, "idle_timeout", DEFAULT_IDLE_TIMEOUT),
    maxDuration: timerDuration(config, "max_downstream_connection_duration", 0),
    maxDurationJitter: jitter?.number("value") ?? 0,
    waitsForData: mode === "ON_DOWNSTREAM_DATA" || (mode === "ON_DOWNSTREAM_TLS_HANDSHAKE" && isTls),
    checksDrainClose: config.boolean("check_drain_close"),
  };
}

function readHashPolicy(policy: Message | undefined): HashPolicy | null {
  const filterState = policy?.message("filter_state");
  if (filterState !== undefined) return { kind: "filter-state", key: filterState.string("key") };
  // An empty message that says all: asking for it marks the choice as read.
  return policy?.message("source_ip") === undefined ? null : { kind: "source-ip" };
}

function readBackOff(options: Message | undefined): BackOffBounds | null {
  if (options === undefined) return null;
  const baseIntervalMs = timerDuration(options, "base_interval", 0) / MILLISECOND;
  const max = timerDuration(options, "max_interval");
  return {
    baseIntervalMs,
    maxIntervalMs: max === undefined ? baseIntervalMs * DEFAULT_BACK_OFF_GROWTH : max / MILLISECOND,
  };
}
