import type { Request } from "../../case.ts";
import type { Draw } from "../../draw.ts";
import { drawAuthority } from "./domains.ts";
import { drawPath } from "./paths.ts";
import { drawQuery, type NamedMatch } from "./queries.ts";
import type { DrawnRoute } from "./table.ts";
import { HEADER_NAMES, HEADER_VALUES, PICK_HEADER, TARGET_HEADER } from "./words.ts";

const METHODS = ["GET", "GET", "GET", "GET", "GET", "GET", "GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS"];
const GRPC_TYPES = ["application/grpc", "application/grpc+proto", "application/grpc-web"];
const PICKS = ["0", "1", "4", "5", "9", "10", "24", "25", "49", "50", "99", "100", "101"];
/** Which of a route's conditions a request is made for. */
const AIMED = 0.85;

export interface DrawnVirtualHost {
  readonly domains: readonly string[];
  readonly routes: readonly DrawnRoute[];
}

/** A request near a route of one of the virtual hosts. */
export function drawRequest(
  draw: Draw,
  n: number,
  hosts: readonly DrawnVirtualHost[],
  clusters: readonly string[],
): Request {
  const host = draw.pick(hosts);
  const route = draw.pick(host.routes);
  const aimed = <T>(list: readonly T[]) => list.filter(() => draw.chance(AIMED));
  const headers = new Map<string, string | readonly string[]>();
  let method = draw.pick(METHODS);
  for (const { name, near } of aimed(route.headers)) {
    const value = draw.pick(near);
    if (name === ":method") method = String(value);
    else if (value !== undefined) headers.set(name, value);
  }
  if (draw.chance(0.12)) headers.set(draw.pick(HEADER_NAMES), draw.pick(HEADER_VALUES));
  const cookies = chosen(draw, aimed(route.cookies));
  if (cookies.length > 0)
    headers.set("cookie", cookies.map(([name, value]) => `${name}=${value}`).join("; "));
  if (route.isGrpc || draw.chance(0.02)) headers.set("content-type", draw.pick(GRPC_TYPES));
  // Without it the choice would be random.
  headers.set(PICK_HEADER, draw.chance(0.9) ? draw.pick(PICKS) : String(draw.uint32()));
  if (draw.chance(0.9))
    headers.set(TARGET_HEADER, draw.chance(0.85) ? draw.pick(clusters) : "no-such-cluster");
  const path = drawPath(draw, route.path) + drawQuery(draw, chosen(draw, aimed(route.queries)));
  return {
    n,
    at_ms: null,
    method,
    authority: drawAuthority(draw, host.domains),
    path,
    headers: Object.fromEntries(headers),
    body_bytes: method === "POST" && draw.chance(0.2) ? draw.whole(1, 200) : 0,
  };
}

function chosen(draw: Draw, matches: readonly NamedMatch[]): [name: string, value: string][] {
  return matches.flatMap(({ name, near }) => {
    const value = draw.pick(near);
    return value === undefined ? [] : [[name, value] as [string, string]];
  });
}
