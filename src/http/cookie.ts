import { headerValues, type RequestHead } from "./request-head.ts";

/** The first value of a cookie, without quotes around it (Envoy 1.40, source/common/http/utility.cc). */
export function cookieValue(head: RequestHead, name: string): string | undefined {
  for (const line of headerValues(head, "cookie"))
    for (const part of line.split(";")) {
      const equals = part.indexOf("=");
      if (equals >= 0 && part.slice(0, equals).replace(/^ +/, "") === name)
        return part.slice(equals + 1).replace(/^"(.*)"$/s, "$1");
    }
  return undefined;
}
