import { headerValues, type RequestHead } from "../../http/request-head.ts";
import { asciiLowerCase } from "../matching/ascii.ts";

/** The first value of a header; a missing header names the cluster that cannot exist. */
export function clusterFromHeader(header: string): (head: RequestHead) => string {
  const name = asciiLowerCase(header);
  return (head) => headerValues(head, name)[0] ?? "";
}
