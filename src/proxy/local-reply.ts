import type { RequestHead } from "../http/request-head.ts";
import { NO_HEADERS, type ResponseHeaders } from "../network/stream.ts";
import { GRPC, grpcStatusOfHttp, isGrpc } from "./grpc-status.ts";

/** An answer that the proxy makes itself. */
export interface LocalReply {
  readonly status: number;
  readonly body: string;
  readonly bodyBytes: number;
  readonly headers: ResponseHeaders;
}

const PLAIN_TEXT: ResponseHeaders = new Map([["content-type", "text/plain"]]);
const utf8 = new TextEncoder();

/**
 * A local reply to this request: text as `text/plain`, and for a gRPC request status 200 with the real one in
 * `grpc-status`; to HEAD, the headers of the text without it (Envoy 1.40, Utility::prepareLocalReply and encodeLocalReply in
 * source/common/http/utility.cc).
 */
export function makeLocalReply(
  request: RequestHead,
  status: number,
  body: string,
  headers: ResponseHeaders,
  grpcStatus = grpcStatusOfHttp(status),
): LocalReply {
  if (isGrpc(request)) {
    const all = new Map([...headers, ["content-type", GRPC], ["grpc-status", String(grpcStatus)]]);
    return { status: 200, body: "", bodyBytes: 0, headers: all };
  }
  const withType =
    body === "" ? headers : headers === NO_HEADERS ? PLAIN_TEXT : new Map([...headers, ...PLAIN_TEXT]);
  if (request.method === "HEAD") return { status, body: "", bodyBytes: 0, headers: withType };
  return { status, body, bodyBytes: utf8.encode(body).length, headers: withType };
}
