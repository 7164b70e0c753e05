import type { RequestHead } from "../../src/http/request-head.ts";

/** Header lines in order; names may repeat and are lower-cased. */
export type Headers = readonly (readonly [name: string, value: string])[];

/** A request's head for tests. */
export function headOf(
  parts: Partial<Omit<RequestHead, "headers">> & { headers?: Headers } = {},
): RequestHead {
  const headers = new Map<string, string[]>();
  for (const [name, value] of parts.headers ?? []) {
    const values = headers.get(name.toLowerCase());
    if (values === undefined) headers.set(name.toLowerCase(), [value]);
    else values.push(value);
  }
  return {
    method: "GET",
    scheme: "http",
    authority: "shop.example",
    path: "/",
    bodyBytes: 0,
    ...parts,
    headers,
  };
}
