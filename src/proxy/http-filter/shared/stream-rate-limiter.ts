import type { Handle, Simulator } from "../../../kernel/simulator.ts";
import type { Nanoseconds } from "../../../kernel/time.ts";
import type { ClassicTokenBucket } from "../../token-bucket/classic-token-bucket.ts";

export interface RateLimitedBody {
  /** So many bytes have gone at this tick, so many are left. */
  onSent(bytes: number, left: number): void;
}

/**
 * Lets a body through at a limited rate: now and then at every tick as many bytes as the bucket gives
 * (Envoy 1.40, source/extensions/filters/http/common/stream_rate_limiter.cc). Only when the last byte goes
 * matters here.
 */
export class StreamRateLimiter {
  private readonly simulator: Simulator;
  private readonly bucket: ClassicTokenBucket;
  private readonly tick: Nanoseconds;
  private readonly body: RateLimitedBody;
  private left: number;
  private timer: Handle = 0;

  /** Starts at once. */
  constructor(
    simulator: Simulator,
    bucket: ClassicTokenBucket,
    tick: Nanoseconds,
    bytes: number,
    body: RateLimitedBody,
  ) {
    this.simulator = simulator;
    this.bucket = bucket;
    this.tick = tick;
    this.left = bytes;
    this.body = body;
    simulator.lane(0).after(send, this);
  }

  /** The rest of the body stays where it is. */
  cancel(): void {
    this.left = 0;
    this.simulator.cancel(this.timer);
  }

  onTick(): void {
    this.timer = 0;
    if (this.left === 0) return;
    const sent = this.bucket.consume(this.left, true, this.simulator.now);
    this.left -= sent;
    if (this.left > 0) this.timer = this.simulator.after(this.tick, send, this);
    this.body.onSent(sent, this.left);
  }
}

function send(limiter: StreamRateLimiter): void {
  limiter.onTick();
}
