import type { RE2JS } from "re2js";
import type { U64 } from "../../../../hash/u64.ts";
import { xxHash64 } from "../../../../hash/xxhash64.ts";
import { cookieValue } from "../../../../http/cookie.ts";
import { queryParameter } from "../../../../http/query-parameter.ts";
import { replaceAll } from "../../../../http/replace-all.ts";
import { headerValues } from "../../../../http/request-head.ts";
import type { RequestView } from "../../policy.ts";
import { type CookieOptions, generateCookie } from "./generated-cookie.ts";

/** The hash of one part of a request; null when it is missing. */
export type HashPart = (request: RequestView) => U64 | null;

export interface Rewrite {
  readonly regex: RE2JS;
  readonly substitution: string;
}

/** All values of a header, whatever their order, each hashed with the hash before it as the seed. */
export function hashHeader(name: string, rewrite: Rewrite | null): HashPart {
  return ({ head }) => {
    const values = headerValues(head, name);
    if (values.length === 0) return null;
    if (values.length === 1) return xxHash64(rewritten(values[0]!, rewrite));
    const sorted = values.map((value) => rewritten(value, rewrite)).sort();
    return sorted.reduce<U64>((seed, value) => xxHash64(value, seed), { high: 0, low: 0 });
  };
}

function rewritten(value: string, rewrite: Rewrite | null): string {
  return rewrite === null ? value : replaceAll(rewrite.regex, value, rewrite.substitution);
}

/** A cookie; where the request has none a new one, if it is given a time to live. */
export function hashCookie(options: CookieOptions): HashPart {
  return (request) => {
    const present = cookieValue(request.head, options.name);
    if (present !== undefined && present !== "") return xxHash64(present);
    if (options.ttlSeconds === null || request.addCookie === null) return null;
    if (request.remoteAddress === "") return null;
    const { value, setCookie } = generateCookie(request, options, options.ttlSeconds);
    request.addCookie(setCookie);
    return xxHash64(value);
  };
}

/** The address of the downstream peer without its port. */
export function hashSourceIp({ remoteAddress }: RequestView): U64 | null {
  if (remoteAddress === "") return null;
  const ip = remoteAddress.slice(0, remoteAddress.lastIndexOf(":"));
  return xxHash64(ip.startsWith("[") ? ip.slice(1, -1) : ip);
}

/** The first value of a query parameter as written. */
export function hashQueryParameter(name: string): HashPart {
  return ({ head }) => {
    const value = queryParameter(head, name);
    return value === undefined ? null : xxHash64(value);
  };
}

/** A text that a filter has left for hashing. */
export function hashFilterState(key: string): HashPart {
  return ({ filterState }) => {
    const value = filterState?.get(key);
    return value === undefined ? null : xxHash64(value);
  };
}
