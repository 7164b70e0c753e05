import { headerValues, type RequestHead } from "../http/request-head.ts";
import { NO_HEADERS, type ResponseHeaders } from "../network/stream.ts";

/** An answer that the proxy makes itself. */
export interface LocalReply {
  readonly status: number;
  readonly body: string;
  readonly bodyBytes: number;
  readonly headers: ResponseHeaders;
}

const PLAIN_TEXT: ResponseHeaders = new Map([["content-type", "text/plain"]]);
const utf8 = new TextEncoder();
const GRPC = "application/grpc";

/** What stands for an HTTP status in grpc-status; 2 (unknown) for all others. */
const GRPC_STATUS: ReadonlyMap<number, number> = new Map([
  [400, 13],
  [401, 16],
  [403, 7],
  [404, 12],
  [429, 14],
  [502, 14],
  [503, 14],
  [504, 14],
]);
const GRPC_UNKNOWN = 2;

/**
 * A local reply to this request: text as `text/plain`, and for a gRPC request status 200 with the real one in
 * `grpc-status` (Envoy 1.40, Utility::prepareLocalReply in source/common/http/utility.cc).
 */
export function makeLocalReply(
  request: RequestHead,
  status: number,
  body: string,
  headers: ResponseHeaders,
  grpcStatus = GRPC_STATUS.get(status) ?? GRPC_UNKNOWN,
): LocalReply {
  if (isGrpc(request)) {
    const all = new Map([...headers, ["content-type", GRPC], ["grpc-status", String(grpcStatus)]]);
    return { status: 200, body: "", bodyBytes: 0, headers: all };
  }
  const withType = body === "" ? headers : headers === NO_HEADERS ? PLAIN_TEXT : new Map([...headers, ...PLAIN_TEXT]);
  return { status, body, bodyBytes: utf8.encode(body).length, headers: withType };
}

/** By its content type: `application/grpc`, or that with a suffix such as `+proto`. */
export function isGrpc(head: RequestHead): boolean {
  const type = headerValues(head, "content-type")[0];
  return type !== undefined && type.startsWith(GRPC) && (type.length === GRPC.length || type[GRPC.length] === "+");
}

const HTTP_STATUS_OF_GRPC = [200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401];

/** The HTTP status that a grpc-status stands for; 500 for unknown ones (Envoy 1.40, Utility::grpcToHttpStatus). */
export function httpStatusOfGrpc(grpcStatus: string): number {
  return HTTP_STATUS_OF_GRPC[Number(grpcStatus)] ?? 500;
}
