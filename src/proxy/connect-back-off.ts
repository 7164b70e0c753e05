import { MILLISECOND, type Nanoseconds } from "../kernel/time.ts";
import type { Random64 } from "../random/random64.ts";
import { nextIntervalMs } from "./retry/back-off.ts";
import type { BackOffBounds } from "./tcp-proxy/tcp-proxy-config.ts";

/**
 * The time until a connection is tried again: a whole number of milliseconds, uniform below an interval that doubles
 * each time. All connections of a TCP proxy share the interval and nothing ever resets it, so that soon it is at its
 * longest for good (Envoy 1.40, JitteredExponentialBackOffStrategy as held by TcpProxy::Config::SharedConfig).
 */
export class ConnectBackOff {
  private intervalMs: number;
  private readonly maxIntervalMs: number;

  constructor({ baseIntervalMs, maxIntervalMs }: BackOffBounds) {
    this.intervalMs = baseIntervalMs;
    this.maxIntervalMs = maxIntervalMs;
  }

  /** One draw. */
  next(random: Random64): Nanoseconds {
    const interval = this.intervalMs;
    this.intervalMs = nextIntervalMs(interval, this.maxIntervalMs);
    random.draw("back-off in ms");
    return random.mod(interval) * MILLISECOND;
  }
}
