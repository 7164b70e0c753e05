import type { Message } from "../../decode/message.ts";
import { MILLISECOND, type Nanoseconds } from "../../kernel/time.ts";
import { timerDuration } from "./timer-duration.ts";

/** A rate-limit service that a filter asks. */
export interface RateLimitServer {
  readonly cluster: string;
  /** Empty: the name of the cluster. */
  readonly authority: string;
  /** 0: none. */
  readonly timeout: Nanoseconds;
}

const DEFAULT_TIMEOUT: Nanoseconds = 20 * MILLISECOND;

/**
 * Reads `rate_limit_service` and `timeout` of a filter. A service that is not an Envoy cluster is not simulated: it is
 * not read, so reported, and every call fails.
 */
export function readRateLimitServer(config: Message): RateLimitServer {
  const service = config.message("rate_limit_service");
  service?.enum("transport_api_version", "AUTO");
  const grpc = service?.message("grpc_service")?.message("envoy_grpc");
  return {
    cluster: grpc?.string("cluster_name") ?? "",
    authority: grpc?.string("authority") ?? "",
    timeout: timerDuration(config, "timeout", DEFAULT_TIMEOUT),
  };
}
