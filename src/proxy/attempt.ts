import type { ResetReason } from "../http/reset-reason.ts";
import type { Handle } from "../kernel/simulator.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import { Stream } from "../network/stream.ts";
import type { AttemptingRequest } from "./attempting-request.ts";
import type { ConnectionPool, PoolStream } from "./connection-pool/connection-pool.ts";
import type { PooledConnection } from "./connection-pool/pooled-connection.ts";
import type { UpstreamHost } from "./worker-cluster.ts";

/** One try of a request at one host (Envoy: UpstreamRequest). */
export class Attempt extends Stream implements PoolStream {
  readonly routed: AttemptingRequest;
  readonly upstream: UpstreamHost;
  readonly pool: ConnectionPool;
  /** Null while it waits for a connection. */
  pooled: PooledConnection | null = null;
  /** When it was sent; meaningful once it has a connection. */
  sentAt: Nanoseconds = 0;
  perTryTimer: Handle = 0;
  perTryIdleTimer: Handle = 0;
  maxDurationTimer: Handle = 0;
  /** Whether its pool had a connection for it, even if a limit then refused it. */
  gotConnection = false;
  /** Outlier detection has heard that it is slow. */
  isTimeoutReported = false;
  /** It is slow, and another attempt was started in its stead; its own answer may still be the first good one. */
  isRetried = false;
  /** The next one of its request. */
  next: Attempt | null = null;

  constructor(routed: AttemptingRequest, upstream: UpstreamHost, pool: ConnectionPool) {
    super(routed.downstream.request, routed.head, false);
    this.routed = routed;
    this.upstream = upstream;
    this.pool = pool;
  }

  onPoolReady(pooled: PooledConnection): void {
    this.pooled = pooled;
    this.routed.onPoolReady(this, pooled);
  }

  onPoolFailure(reason: ResetReason, hasConnection: boolean): void {
    this.gotConnection = hasConnection;
    this.routed.onAttemptReset(this, reason);
  }

  override onResponse(): void {
    if (this.closesConnection) this.pool.onCloseNotified(this.pooled!);
    this.routed.onAttemptResponse(this);
  }

  override onReset(reason: ResetReason): void {
    this.pool.onPeerReset(this.pooled!, reason);
    this.routed.onAttemptReset(this, reason);
  }
}
