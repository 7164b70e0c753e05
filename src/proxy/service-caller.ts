import type { RateLimitRequest } from "../http/rate-limit-call.ts";
import type { Request } from "../http/request.ts";
import type { RequestHead } from "../http/request-head.ts";
import { MILLISECOND, type Nanoseconds } from "../kernel/time.ts";
import { Stream } from "../network/stream.ts";
import { LuckPurpose } from "../random/luck.ts";
import type { AsyncClient } from "./async-client.ts";
import { GRPC } from "./grpc-status.ts";
import type { PendingCall, RateLimitCall, RateLimitCallReceiver } from "./http-filter/http-filter.ts";
import type { RoutedRequest } from "./router.ts";

const CALL_KEY = { high: LuckPurpose.callKeyHigh, low: LuckPurpose.callKeyLow };
const utf8 = new TextEncoder();

/** A call as its sender sees it. An answer that is no answer to the question is a failure. */
class CallStream extends Stream implements PendingCall {
  sent: RoutedRequest | null = null;
  private readonly receiver: RateLimitCallReceiver;

  constructor(request: Request, head: RequestHead, receiver: RateLimitCallReceiver) {
    super(request, head, false);
    this.receiver = receiver;
  }

  override onResponse(): void {
    this.receiver.onAnswer(this.rateLimitResponse);
  }

  override onReset(): void {
    this.receiver.onAnswer(null);
  }

  cancel(): void {
    this.sent?.abandon();
  }
}

/** Which request a call is made for, and the how manieth call of its visit it is: its chance is its own. */
export interface CallCause {
  readonly request: Request;
  readonly visit: number;
  readonly number: number;
}

/**
 * Calls a rate-limit service while a request or a connection waits (Envoy 1.40, source/common/grpc/async_client_impl.cc and
 * source/extensions/filters/common/ratelimit/ratelimit_impl.cc). Null: there is no such cluster.
 */
export function callService(
  client: AsyncClient,
  { request: cause, visit, number }: CallCause,
  call: RateLimitCall,
  receiver: RateLimitCallReceiver,
): PendingCall | null {
  const cluster = client.cluster(call.cluster);
  if (cluster === undefined) return null;
  const request = client.requestFor(cause, visit, number, CALL_KEY);
  const stream = new CallStream(request, headOf(call), receiver);
  stream.sent = client.send(stream, cluster, call.timeout, null);
  return stream;
}

function headOf({ cluster, authority, timeout, request }: RateLimitCall): RequestHead {
  const headers = new Map([
    ["te", ["trailers"]],
    ["content-type", [GRPC]],
  ]);
  if (timeout > 0) headers.set("grpc-timeout", [grpcTimeout(timeout)]);
  return {
    method: "POST",
    scheme: "http",
    authority: authority || cluster,
    path: "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit",
    headers,
    bodyBytes: GRPC_PREFIX + encodedBytes(request),
    rateLimitRequest: request,
  };
}

function grpcTimeout(timeout: Nanoseconds): string {
  return `${Math.trunc(timeout / MILLISECOND)}m`;
}

/** A gRPC message comes after its compression flag and its length. */
const GRPC_PREFIX = 5;

/** Bytes of the message on the wire. */
function encodedBytes({ domain, descriptors }: RateLimitRequest): number {
  let bytes = fieldBytes(utf8.encode(domain).length);
  for (const entries of descriptors) {
    let descriptor = 0;
    for (const { key, value } of entries)
      descriptor += fieldBytes(fieldBytes(utf8.encode(key).length) + fieldBytes(utf8.encode(value).length));
    bytes += fieldBytes(descriptor);
  }
  return bytes;
}

/** Tag, length and content; what is empty is left out. */
function fieldBytes(content: number): number {
  if (content === 0) return 0;
  let lengthBytes = 1;
  for (let rest = content; rest >= 128; rest = Math.trunc(rest / 128)) lengthBytes++;
  return 1 + lengthBytes + content;
}
