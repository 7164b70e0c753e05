import type { Json } from "../../case.ts";
import type { Draw } from "../../draw.ts";
import { drawStringMatch } from "./string-match.ts";
import { HEADER_NAMES, HEADER_VALUES } from "./words.ts";

/** A header condition, and values of the header near it; undefined is no header. */
export interface HeaderMatch {
  readonly name: string;
  readonly match: Json;
  readonly near: readonly (string | readonly string[] | undefined)[];
}

const METHODS = ["GET", "POST", "PUT"];

export function drawHeaderMatch(draw: Draw): HeaderMatch {
  const flags = {
    ...draw.maybe(0.27, () => ({ invert_match: true })),
    ...draw.maybe(0.15, () => ({ treat_missing_header_as_empty: true })),
  };
  if (draw.chance(0.06)) {
    const match = { name: ":method", string_match: { exact: draw.pick(METHODS) }, ...flags };
    return { name: ":method", match, near: METHODS };
  }
  const name = draw.pick(HEADER_NAMES);
  const kind = draw.pick(["string", "string", "string", "range", "present"]);
  const { match, near } =
    kind === "range" ? rangeMatch(draw) : kind === "present" ? presence(draw) : string(draw);
  return { name, match: { name, ...match, ...flags }, near: [...near, undefined] };
}

function string(draw: Draw) {
  const { match, near } = drawStringMatch(draw, HEADER_VALUES);
  const repeated = near.slice(0, 2).map((value) => ["prod", value]);
  return { match: { string_match: match }, near: [...near, ...repeated] };
}

function rangeMatch(draw: Draw) {
  const start = draw.whole(-5, 100);
  const end = start + draw.pick([1, 1, 10, 50]);
  const numbers = [start - 1, start, end - 1, end, start + 0.5].map(String);
  const odd = [
    `+${start}`,
    `${start}x`,
    ` ${start}`,
    "",
    "9223372036854775807",
    "9223372036854775808",
    `0${start}`,
  ];
  return { match: { range_match: { start, end } }, near: [...numbers, ...odd] };
}

function presence(draw: Draw) {
  return { match: { present_match: draw.chance(0.6) }, near: ["", "x", "1"] };
}
