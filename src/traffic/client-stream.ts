import type { Request } from "../http/request.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { Handle } from "../kernel/simulator.ts";
import { Stream } from "../network/stream.ts";
import { Outcome } from "../telemetry/outcome.ts";
import type { Client } from "./client.ts";
import type { ClientConnection } from "./client-connection.ts";

/** A request as its client sees it. */
export class ClientStream extends Stream {
  readonly client: Client;
  carrier: ClientConnection | null = null;
  timeout: Handle = 0;
  /** Position among the client's open requests. */
  indexInClient = -1;
  /** The user who waits for it, in a closed loop; -1 otherwise. */
  readonly user: number;

  constructor(client: Client, request: Request, head: RequestHead, user: number) {
    super(request, head, true);
    this.client = client;
    this.user = user;
  }

  override onResponse(): void {
    if (!this.isResponseComplete) return;
    this.carrier!.finished(this);
    this.client.ended(this, this.status);
  }

  override onReset(): void {
    this.client.ended(this, Outcome.lost);
  }
}
