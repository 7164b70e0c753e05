import type { RequestHead } from "./request-head.ts";

/** The first value of a parameter as written: the empty text where there is no `=`, undefined where it is missing. */
export function queryParameter(head: RequestHead, name: string): string | undefined {
  const query = head.path.indexOf("?");
  if (query < 0) return undefined;
  for (const part of head.path.slice(query + 1).split("&")) {
    const equals = part.indexOf("=");
    if (equals < 0 ? part === name : part.slice(0, equals) === name)
      return equals < 0 ? "" : part.slice(equals + 1);
  }
  return undefined;
}
