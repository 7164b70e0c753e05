import { headerValues, type RequestHead } from "../../http/request-head.ts";

/** What `x-forwarded-proto` says; a connection manager without trusted hops sets it to the request's scheme. */
export function forwardedProto(head: RequestHead): string {
  return headerValues(head, "x-forwarded-proto")[0] ?? head.scheme;
}
