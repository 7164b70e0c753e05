import type { Json } from "../../case.ts";
import type { Draw } from "../../draw.ts";

/** A condition on a text, and values near it. */
export interface ValueMatch {
  readonly match: Json;
  readonly near: readonly string[];
}

/** A StringMatcher about one of the values. */
export function drawStringMatch(draw: Draw, values: readonly string[]): ValueMatch {
  const value = draw.pick(values);
  const kind = draw.pick(["exact", "exact", "prefix", "suffix", "contains", "regex"]);
  if (kind === "regex") return regexOf(draw, value);
  const part = kind === "exact" ? value : partOf(draw, value, kind);
  const ignoreCase = draw.maybe(0.25, () => ({ ignore_case: true }));
  return { match: { [kind]: part, ...ignoreCase }, near: nearTo(part, value) };
}

function partOf(draw: Draw, value: string, kind: string): string {
  // Empty prefixes, suffixes and parts are refused.
  if (value.length === 0) return "x";
  const length = draw.whole(1, value.length);
  if (kind === "prefix") return value.slice(0, length);
  if (kind === "suffix") return value.slice(value.length - length);
  const start = draw.whole(0, value.length - length);
  return value.slice(start, start + length);
}

function nearTo(part: string, value: string): string[] {
  return [
    part,
    value,
    `${part}x`,
    `x${part}`,
    part.toUpperCase(),
    part.toLowerCase(),
    `my-${part}`,
    `${part}-eu`,
    "",
  ];
}

function regexOf(draw: Draw, value: string): ValueMatch {
  const literal = value.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&").replaceAll("\\/", "/");
  const regex = draw.pick([
    "-?\\d+",
    "[a-z]+",
    "(prod|staging|en).*",
    literal || ".+",
    `${literal.slice(0, 1)}.*`,
    "\\S*",
  ]);
  // A lone backslash is no expression.
  const safe = regex.startsWith("\\.") && regex.length === 3 ? ".*" : regex === "\\.*" ? ".*" : regex;
  return {
    match: { safe_regex: { regex: safe } },
    near: [...nearTo(value, value), "12", "-1", "abc", "production", "4 2"],
  };
}
