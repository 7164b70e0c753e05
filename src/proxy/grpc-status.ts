import { headerValues, type RequestHead } from "../http/request-head.ts";
import { NO_HEADERS, type ResponseHeaders } from "../network/stream.ts";

export const GRPC = "application/grpc";

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

export function grpcStatusOfHttp(status: number): number {
  return GRPC_STATUS.get(status) ?? GRPC_UNKNOWN;
}

/** By its content type: `application/grpc`, or that with a suffix such as `+proto`. */
export function isGrpc(head: RequestHead): boolean {
  const type = headerValues(head, "content-type")[0];
  return type?.startsWith(GRPC) === true && (type.length === GRPC.length || type[GRPC.length] === "+");
}

const HTTP_STATUS_OF_GRPC = [
  200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401,
];

/** The HTTP status that a grpc-status stands for; 500 for unknown ones (Envoy 1.40, Utility::grpcToHttpStatus). */
function httpStatusOfGrpc(grpcStatus: string): number {
  return HTTP_STATUS_OF_GRPC[Number(grpcStatus)] ?? 500;
}

/** What outlier detection takes for an answer's status: a gRPC status in the headers counts as it stands for. */
export function outlierCodeOf(status: number, headers: ResponseHeaders, request: RequestHead): number {
  if (headers === NO_HEADERS || !isGrpc(request)) return status;
  const grpcStatus = headers.get("grpc-status");
  return grpcStatus === undefined ? status : httpStatusOfGrpc(grpcStatus);
}
