import type { Request } from "../http/request.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { Handle } from "../kernel/simulator.ts";
import type { Client } from "./client.ts";
import { ClientExchange } from "./client-exchange.ts";

/** A request as its client sees it. Where the client has a library, only that sends exchanges, for it. */
export class ClientStream extends ClientExchange {
  readonly client: Client;
  timeout: Handle = 0;
  /** Position among the client's open requests. */
  indexInClient = -1;
  /** The user who waits for it, in a closed loop; -1 otherwise. */
  readonly user: number;

  constructor(client: Client, request: Request, head: RequestHead, user: number) {
    super(request, head);
    this.client = client;
    this.user = user;
  }

  override over(status: number): void {
    this.client.ended(this, status);
  }
}
