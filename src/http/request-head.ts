import type { RateLimitRequest } from "./rate-limit-call.ts";

/**
 * What a request says, as the receiver reads it: method, authority, path (with query) and headers with
 * lower-case names. Heads are immutable and shared: a client makes one for each of its request templates, a
 * proxy one for each rewrite, so that whatever depends on the head alone can be remembered by its identity.
 */
export interface RequestHead {
  readonly method: string;
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  /** All values of a header in order; repeated lines stay apart. Pseudo-headers are not in it. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** Bytes of the body; 0 means complete with its headers. */
  readonly bodyBytes: number;
  /** What its body asks a rate-limit service; absent in all other requests. */
  readonly rateLimitRequest?: RateLimitRequest;
}

/** All values of a header; `:method`, `:authority`, `:path` and `:scheme` are headers too, as in Envoy. */
export function headerValues(head: RequestHead, name: string): readonly string[] {
  switch (name) {
    case ":method":
      return [head.method];
    case ":authority":
    case "host":
      return [head.authority];
    case ":path":
      return [head.path];
    case ":scheme":
      return [head.scheme];
    default:
      return head.headers.get(name) ?? [];
  }
}
