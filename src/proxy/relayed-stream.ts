import type { ResetReason } from "../http/reset-reason.ts";
import { Stream } from "../network/stream.ts";
import type { TcpSession } from "./tcp-session.ts";

/** An exchange that a TCP proxy passes on without looking at it, as it goes to the host. */
export class RelayedStream extends Stream {
  /** As it came from the client. */
  readonly downstream: Stream;
  private readonly session: TcpSession;

  constructor(session: TcpSession, downstream: Stream) {
    super(downstream.request, downstream.head, false);
    this.session = session;
    this.downstream = downstream;
  }

  override onResponse(): void {
    const { downstream } = this;
    downstream.status = this.status;
    downstream.responseHeaders = this.responseHeaders;
    downstream.responseBodyBytes = this.responseBodyBytes;
    downstream.rateLimitResponse = this.rateLimitResponse;
    downstream.isResponseComplete = this.isResponseComplete;
    downstream.closesConnection = this.closesConnection;
    if (this.isResponseComplete) this.connection!.release(this);
    this.session.onAnswer(this);
  }

  override onReset(reason: ResetReason): void {
    // With its connection all of it ends, of which the session hears.
    if (!this.connection!.isClosedByOwner) this.session.onStreamReset(this, reason);
  }
}
