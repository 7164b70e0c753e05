import { z } from "zod";
import type { Json } from "../../decode/message.ts";
import { type Parsed, parseDuration, parseRate, parseShare, parseSize } from "../../decode/quantity.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import { describeValue } from "./describe-value.ts";
import { type Flaw, flaw, type Read } from "./flaw.ts";

/** What an editor is told about a value: keywords of JSON Schema. */
type JsonSchemaKeywords = Readonly<Record<string, unknown>>;

/** A value that a function of ours reads, so that the message is ours too. */
export function leaf<T>(keywords: JsonSchemaKeywords, read: (value: Json) => Read<T>) {
  return z
    .unknown()
    .meta(keywords)
    .transform((value, context): T => {
      const result: Read<T> = value === undefined ? missing : read(value as Json);
      if (result.ok) return result.value;
      context.addIssue({ code: "custom", message: result.message, params: { flaw: result } });
      return z.NEVER;
    });
}

/** The issue of a missing key is worded where the key is known (describe-issue.ts). */
const missing: Flaw = { ok: false, code: "missing-key", message: "" };

/** A mapping with these keys and no others. An issue of an unknown key carries the known ones as its message. */
export function object<Shape extends z.core.$ZodShape>(shape: Shape) {
  const known = Object.keys(shape).join(" ");
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? known : undefined),
  });
}

/** A list of at least one. */
export function list<Item extends z.core.SomeType>(item: Item) {
  return z.array(item).min(1);
}

const PATTERN = "^\\+?(\\d+(\\.\\d*)?|\\.\\d+)";

function quantity<T>(
  units: string,
  example: string,
  parse: (value: Json) => Parsed<T>,
  check: (value: T) => string | undefined,
) {
  const keywords = {
    anyOf: [{ type: "string", pattern: `${PATTERN}(${units})$` }, { const: 0 }],
    examples: [example],
  };
  return leaf(keywords, (value) => {
    const parsed = parse(value);
    if (!parsed.ok) {
      const found = parsed.code === "wrong-type" && typeof value !== "string";
      return found ? flaw(parsed.code, `${describeValue(value)}, but ${parsed.message}`) : parsed;
    }
    const complaint = check(parsed.value);
    return complaint === undefined ? parsed : flaw("out-of-range", `${JSON.stringify(value)} ${complaint}`);
  });
}

/** A time of at least 0. */
export function duration() {
  return quantity("ns|us|ms|s|m|h", "250us", parseDuration, () => undefined);
}

/** A time of more than 0. */
export function positiveDuration() {
  return quantity("ns|us|ms|s|m|h", "250us", parseDuration, (time: Nanoseconds) =>
    time > 0 ? undefined : "is no time; it must be more than 0, at least 1ns",
  );
}

/** A number a second, more than 0. */
export function positiveRate() {
  return quantity("/s|/m|/h", "500/s", parseRate, (rate) => (rate > 0 ? undefined : "must be more than 0/s"));
}

export function rate() {
  return quantity("/s|/m|/h", "500/s", parseRate, () => undefined);
}

/** 0% to 100%, as 0 to 1. */
export function share() {
  return quantity("%", "1%", parseShare, () => undefined);
}

export function bytes() {
  return quantity("B|KiB|MiB|GiB", "1KiB", parseSize, () => undefined);
}

/** A whole number from `min` on. */
export function count(min: number, max: number = Number.MAX_SAFE_INTEGER) {
  const range = max === Number.MAX_SAFE_INTEGER ? `at least ${min}` : `from ${min} to ${max}`;
  return leaf({ type: "integer", minimum: min, maximum: max }, (value): Read<number> => {
    if (typeof value !== "number" || !Number.isInteger(value)) {
      return flaw("wrong-type", `${describeValue(value)}, but a whole number is wanted (${range})`);
    }
    if (value >= min && value <= max) return { ok: true, value };
    return flaw("out-of-range", `${value} is out of range; it must be ${range}`);
  });
}

/** A number above `least`, or from it on where `inclusive`. */
export function number(least: number, inclusive: boolean) {
  const range = inclusive ? `at least ${least}` : `more than ${least}`;
  const bound = inclusive ? "minimum" : "exclusiveMinimum";
  return leaf({ type: "number", [bound]: least }, (value): Read<number> => {
    if (typeof value !== "number" || !Number.isFinite(value)) {
      return flaw("wrong-type", `${describeValue(value)}, but a plain number is wanted (${range})`);
    }
    if (value > least || (inclusive && value === least)) return { ok: true, value };
    return flaw("out-of-range", `${value} is out of range; it must be ${range}`);
  });
}

/** A text that is not empty. */
export function text(what: string) {
  return leaf({ type: "string", minLength: 1 }, (value): Read<string> => {
    if (typeof value === "string" && value !== "") return { ok: true, value };
    return flaw("wrong-type", `${describeValue(value)}, but ${what} is wanted`);
  });
}

/** A text that `read` understands. */
export function readText<T>(what: string, read: (text: string) => Read<T>) {
  return leaf({ type: "string" }, (value): Read<T> => {
    if (typeof value === "string") return read(value);
    return flaw("wrong-type", `${describeValue(value)}, but ${what} is wanted`);
  });
}
