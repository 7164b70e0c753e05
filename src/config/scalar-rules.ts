import { RE2JS } from "re2js";
import { durationOf, type Json } from "../decode/message.ts";
import { enumType } from "./descriptors.ts";
import type { DurationRules, FieldRules, NumberRules, StringRules } from "./validation-rules.ts";

/** A rule that a value breaks; `fault` is a sentence without its subject. */
export interface Broken {
  readonly code: string;
  readonly fault: string;
  readonly remedy: string;
}

export function brokenNumberRule(value: number, rules: NumberRules): Broken | undefined {
  if (rules.ignore_empty && value === 0) return undefined;
  if (rules.const !== undefined && value !== rules.const)
    return outOfRange(`must be ${rules.const}, not ${value}`);
  if (rules.in !== undefined && !rules.in.includes(value))
    return outOfRange(`must be one of ${rules.in.join(", ")}`);
  if (rules.not_in?.includes(value)) return outOfRange(`must not be ${value}`);
  const { gt, gte, lt, lte } = rules;
  const fits = inside(value, { gt, gte, lt, lte });
  return fits ? undefined : outOfRange(`must be ${rangeText(rules, String)}, not ${value}`);
}

/** Negative durations are refused everywhere, by the check of meaning; nothing is said of them here. */
export function brokenDurationRule(text: string, rules: DurationRules): Broken | undefined {
  if (text.startsWith("-")) return undefined;
  const [gt, gte, lt, lte] = [rules.gt, rules.gte, rules.lt, rules.lte].map((limit) =>
    limit === undefined ? undefined : durationOf(limit),
  );
  const fits = inside(durationOf(text), { gt, gte, lt, lte });
  return fits ? undefined : outOfRange(`must be ${rangeText(rules, String)}, not ${text}`);
}

interface Limits<Limit> {
  readonly gt?: Limit | undefined;
  readonly gte?: Limit | undefined;
  readonly lt?: Limit | undefined;
  readonly lte?: Limit | undefined;
}

/** A lower limit above the upper one excludes what lies between. */
function inside(value: number, { gt, gte, lt, lte }: Limits<number>): boolean {
  const above = gt !== undefined ? value > gt : gte === undefined || value >= gte;
  const below = lt !== undefined ? value < lt : lte === undefined || value <= lte;
  const [low, high] = [gt ?? gte, lt ?? lte];
  return low !== undefined && high !== undefined && low > high ? above || below : above && below;
}

function rangeText<Limit>({ gt, gte, lt, lte }: Limits<Limit>, text: (limit: Limit) => string): string {
  const low =
    gt !== undefined ? `greater than ${text(gt)}` : gte !== undefined ? `at least ${text(gte)}` : "";
  const high = lt !== undefined ? `less than ${text(lt)}` : lte !== undefined ? `at most ${text(lte)}` : "";
  return low !== "" && high !== "" ? `${low} and ${high}` : low + high;
}

export function brokenEnumRule(
  value: Json,
  typeName: string,
  rules: NonNullable<FieldRules["enum"]>,
): Broken | undefined {
  const type = enumType(typeName);
  const number = typeof value === "number" ? value : type.numbers.get(String(value).toUpperCase())!;
  const name = type.names.get(number) ?? String(number);
  if (rules.defined_only && !type.names.has(number)) {
    const remedy = `write one of ${[...type.names.values()].join(", ")}`;
    return { code: "bad-enum", fault: `has no value ${number}`, remedy };
  }
  const allowed = rules.const === undefined ? rules.in : [rules.const];
  const refused = rules.not_in?.includes(number) || (allowed !== undefined && !allowed.includes(number));
  return refused ? { code: "bad-enum", fault: `cannot be ${name} here`, remedy: "" } : undefined;
}

export function brokenStringRule(value: string, rules: StringRules): Broken | undefined {
  if (rules.ignore_empty && value === "") return undefined;
  return brokenLength(value, rules) ?? brokenContent(value, rules) ?? brokenForm(value, rules);
}

function brokenLength(value: string, rules: StringRules): Broken | undefined {
  const characters = [...value].length;
  const { len, min_len: least = 0, max_len: most = Number.POSITIVE_INFINITY } = rules;
  if (value === "" && (least > 0 || (rules.min_bytes ?? 0) > 0))
    return { code: "required", fault: "must not be empty", remedy: "" };
  if (characters < least) return outOfRange(`needs at least ${least} characters`);
  if (characters > most) return outOfRange(`may have at most ${most} characters, not ${characters}`);
  if (len !== undefined && characters !== len)
    return outOfRange(`must have ${len} characters, not ${characters}`);
  const bytes = Buffer.byteLength(value);
  if (bytes < (rules.min_bytes ?? 0)) return outOfRange(`needs at least ${rules.min_bytes} bytes`);
  const mostBytes = rules.max_bytes ?? Number.POSITIVE_INFINITY;
  return bytes > mostBytes ? outOfRange(`may have at most ${mostBytes} bytes, not ${bytes}`) : undefined;
}

function brokenContent(value: string, rules: StringRules): Broken | undefined {
  const shown = JSON.stringify(value);
  if (rules.const !== undefined && value !== rules.const)
    return badText(`must be ${JSON.stringify(rules.const)}, not ${shown}`);
  if (rules.in !== undefined && !rules.in.includes(value))
    return badText(`must be one of ${rules.in.join(", ")}, not ${shown}`);
  if (rules.not_in?.includes(value)) return badText(`must not be ${shown}`);
  if (!value.startsWith(rules.prefix ?? ""))
    return badText(`must begin with "${rules.prefix}", not be ${shown}`);
  if (!value.endsWith(rules.suffix ?? "")) return badText(`must end with "${rules.suffix}", not be ${shown}`);
  if (!value.includes(rules.contains ?? "")) return badText(`must contain "${rules.contains}"`);
  return undefined;
}

function brokenForm(value: string, rules: StringRules): Broken | undefined {
  const shown = JSON.stringify(value);
  if (rules.pattern !== undefined && !RE2JS.compile(rules.pattern).matcher(value).find()) {
    return badText(`must match ${rules.pattern}; ${shown} does not`);
  }
  if (rules.well_known_regex !== undefined && !headerPattern(rules).test(value)) {
    const kind = rules.well_known_regex === "HTTP_HEADER_NAME" ? "header name" : "header value";
    return badText(`is not a valid ${kind}: ${shown}`);
  }
  if (rules.uri && !/^[a-zA-Z][\w+.-]*:/.test(value)) return badText(`must be a URI, not ${shown}`);
  return undefined;
}

/** Envoy's definitions mostly ask for the lenient form: no line breaks, no NUL. */
function headerPattern({ well_known_regex: kind, strict = true }: StringRules): RegExp {
  if (!strict) return LENIENT;
  return kind === "HTTP_HEADER_NAME" ? /^:?[0-9a-zA-Z!#$%&'*+-.^_|~`]+$/ : STRICT_VALUE;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what these refuse
const LENIENT = /^[^\u0000\n\r]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what these refuse
const STRICT_VALUE = /^[^\u0000-\u0008\u000a-\u001f\u007f]*$/;

function outOfRange(fault: string): Broken {
  return { code: "out-of-range", fault, remedy: "" };
}

function badText(fault: string): Broken {
  return { code: "bad-text", fault, remedy: "" };
}
