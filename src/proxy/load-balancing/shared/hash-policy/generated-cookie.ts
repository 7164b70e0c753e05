import { hexOfU64 } from "../../../../hash/u64.ts";
import { xxHash64 } from "../../../../hash/xxhash64.ts";
import type { RequestView } from "../../policy.ts";

export interface CookieOptions {
  readonly name: string;
  readonly path: string;
  /** Null: a missing cookie is not made. */
  readonly ttlSeconds: number | null;
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
}

/**
 * The cookie that makes a connection stick to a host: the hash of both its ends
 * (Envoy 1.40, `generateCookie` in .../common/thread_aware_lb_impl.cc, makeSetCookieValue in source/common/http).
 */
export function generateCookie(
  { remoteAddress, localAddress }: Pick<RequestView, "remoteAddress" | "localAddress">,
  { name, path, attributes }: CookieOptions,
  ttlSeconds: number,
): { readonly value: string; readonly setCookie: string } {
  const value = hexOfU64(xxHash64(remoteAddress + localAddress));
  let setCookie = `${name}="${value}"`;
  if (ttlSeconds !== 0) setCookie += `; Max-Age=${ttlSeconds}`;
  if (path !== "") setCookie += `; Path=${path}`;
  for (const attribute of attributes)
    setCookie += attribute.value === "" ? `; ${attribute.name}` : `; ${attribute.name}=${attribute.value}`;
  return { value, setCookie: `${setCookie}; HttpOnly` };
}
