import type { Request } from "../http/request.ts";
import type { RequestHead } from "../http/request-head.ts";
import { Stream } from "../network/stream.ts";
import { Outcome } from "../telemetry/outcome.ts";
import type { ClientConnection } from "./client-connection.ts";

/** What goes over a client's connections. */
export abstract class ClientExchange extends Stream {
  carrier: ClientConnection | null = null;

  constructor(request: Request, head: RequestHead) {
    super(request, head, true);
  }

  override onResponse(): void {
    if (!this.isResponseComplete) return;
    this.carrier!.finished(this);
    this.over(this.status);
  }

  override onReset(): void {
    this.over(Outcome.lost);
  }

  /** It has ended, with a status or an Outcome; the client has not given it up. */
  abstract over(status: number): void;
}
