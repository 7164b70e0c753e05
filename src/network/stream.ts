import type { RateLimitResponse } from "../http/rate-limit-call.ts";
import type { Request } from "../http/request.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { ResetReason } from "../http/reset-reason.ts";
import type { Connection } from "./connection.ts";

/** Headers of an answer by lower-case name, as far as a receiver of it looks at them. */
export type ResponseHeaders = ReadonlyMap<string, string>;

export const NO_HEADERS: ResponseHeaders = new Map();

/**
 * One HTTP exchange on one connection: its sender (a client, or an attempt of a proxy) makes it, its receiver
 * (a proxy or a host) answers it. Subclasses are the senders' views.
 */
export abstract class Stream {
  readonly request: Request;
  /** What is asked on this hop; a proxy may have rewritten it. */
  readonly head: RequestHead;
  /** Whether the client itself sent it: its receiver is the first proxy (or the host) of the request. */
  readonly isFirstHop: boolean;
  connection: Connection | null = null;
  /** How often the request had been sent to this place (service or proxy) before: its chance there. */
  visit = 0;
  /** The sender has its answer or has given up: nothing more is delivered to it. */
  ended = false;
  /** Position among the streams of its connection, kept by the connection. */
  indexInConnection = -1;
  /** What the receiver keeps about the exchange while it works on it; null before and after. */
  handling: object | null = null;
  /** The answer's status; 0 until there is one. */
  status = 0;
  /** Bytes of the answer's body; with 0 it is complete with its headers. */
  responseBodyBytes = 0;
  responseHeaders: ResponseHeaders = NO_HEADERS;
  /** What the body of a rate-limit service's answer says. */
  rateLimitResponse: RateLimitResponse | null = null;
  /** False: only the beginning of an answer comes, and after it the exchange is reset. */
  isResponseComplete = true;
  /** The answer says `connection: close`: no other request may follow on its HTTP/1.1 connection. */
  closesConnection = false;

  constructor(request: Request, head: RequestHead, isFirstHop: boolean) {
    this.request = request;
    this.head = head;
    this.isFirstHop = isFirstHop;
  }

  /** TCP: its sender sends nothing and waits for what the other side says. */
  get isSilent(): boolean {
    return this.head.bodyBytes === 0 && this.connection?.protocol === "tcp";
  }

  /** The answer has arrived at the sender; or its beginning, if it is not complete. */
  abstract onResponse(): void;

  /** No answer will come. */
  abstract onReset(reason: ResetReason): void;
}

/** Whoever answers requests: a proxy's listener on one of its workers, or a host. */
export interface RequestHandler {
  /** A request has arrived completely. */
  handle(stream: Stream): void;
  /** The sender of a request that is being handled has gone. */
  abandon(stream: Stream): void;
}
