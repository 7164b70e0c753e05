import type { Json } from "../../case.ts";
import type { Draw } from "../../draw.ts";
import { drawStringMatch } from "./string-match.ts";
import { COOKIE_NAMES, QUERY_NAMES, QUERY_VALUES } from "./words.ts";

/** A condition on a query parameter or a cookie, and values near it; undefined is none. */
export interface NamedMatch {
  readonly name: string;
  readonly match: Json;
  readonly near: readonly (string | undefined)[];
}

export function drawQueryMatch(draw: Draw): NamedMatch {
  const name = draw.pick(QUERY_NAMES);
  if (draw.chance(0.38))
    return { name, match: { name, present_match: draw.chance(0.7) }, near: ["", "1", undefined] };
  const { match, near } = drawStringMatch(draw, QUERY_VALUES);
  return { name, match: { name, string_match: match }, near: [...near, undefined] };
}

export function drawCookieMatch(draw: Draw): NamedMatch {
  const name = draw.pick(COOKIE_NAMES);
  const { match, near } = drawStringMatch(
    draw,
    QUERY_VALUES.filter((value) => value !== ""),
  );
  const invert = draw.maybe(0.25, () => ({ invert_match: true }));
  return { name, match: { name, string_match: match, ...invert }, near: [...near, undefined] };
}

/** A query string of these parameters, with doubles, bare names and strangers among them; `?` included. */
export function drawQuery(draw: Draw, wanted: readonly (readonly [name: string, value: string])[]): string {
  const parts = wanted.map(([name, value]) => `${name}=${encode(draw, value)}`);
  if (draw.chance(0.15)) parts.push(`${draw.pick(QUERY_NAMES)}=${encode(draw, draw.pick(QUERY_VALUES))}`);
  if (draw.chance(0.1)) parts.unshift(draw.pick(["x", "=", "&", "debug", "page=;", "a=b=c", ...QUERY_NAMES]));
  if (parts.length === 0) return draw.chance(0.03) ? "?" : "";
  return `?${parts.join("&")}`;
}

/** Mostly as it is: what has no place in a request line is escaped. */
function encode(draw: Draw, value: string): string {
  const escaped = value.replaceAll(" ", "+").replaceAll("#", "%23");
  return draw.chance(0.04) && escaped !== ""
    ? `%${escaped.charCodeAt(0).toString(16)}${escaped.slice(1)}`
    : escaped;
}
