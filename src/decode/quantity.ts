import type { Nanoseconds } from "../kernel/time.ts";
import { nearest } from "./nearest.ts";

/** A value that was read, or what is wrong with the text, as a clause that can follow a colon. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly code: "wrong-unit" | "wrong-type" | "out-of-range";
      readonly message: string;
    };

/** One kind of quantity: its units, and words for messages. */
interface QuantityKind {
  /** With its article, such as `a duration`. */
  readonly what: string;
  /** How many of the smallest unit make one of this unit. */
  readonly units: ReadonlyMap<string, number>;
  /** Spellings that people try, and what is meant by them. */
  readonly habits: ReadonlyMap<string, string>;
  readonly example: string;
}

const duration: QuantityKind = {
  what: "a duration",
  units: new Map([
    ["ns", 1],
    ["us", 1_000],
    ["ms", 1_000_000],
    ["s", 1_000_000_000],
    ["m", 60_000_000_000],
    ["h", 3_600_000_000_000],
  ]),
  habits: new Map([
    ["µs", "us"],
    ["μs", "us"],
    ["sec", "s"],
    ["secs", "s"],
    ["second", "s"],
    ["seconds", "s"],
    ["min", "m"],
    ["mins", "m"],
    ["minute", "m"],
    ["minutes", "m"],
    ["hour", "h"],
    ["hours", "h"],
    ["msec", "ms"],
    ["millis", "ms"],
    ["usec", "us"],
  ]),
  example: "250us, 1.5s",
};

const rate: QuantityKind = {
  what: "a rate",
  units: new Map([
    ["/s", 1],
    ["/m", 60],
    ["/h", 3600],
  ]),
  habits: new Map([
    ["rps", "/s"],
    ["qps", "/s"],
    ["/sec", "/s"],
    ["/second", "/s"],
    ["hz", "/s"],
    ["s", "/s"],
    ["rpm", "/m"],
    ["/min", "/m"],
    ["/minute", "/m"],
    ["m", "/m"],
    ["/hour", "/h"],
    ["h", "/h"],
  ]),
  example: "500/s, 90/m",
};

const size: QuantityKind = {
  what: "a size",
  units: new Map([
    ["B", 1],
    ["KiB", 1024],
    ["MiB", 2 ** 20],
    ["GiB", 2 ** 30],
  ]),
  habits: new Map([
    ["k", "KiB"],
    ["kb", "KiB"],
    ["m", "MiB"],
    ["mb", "MiB"],
    ["g", "GiB"],
    ["gb", "GiB"],
    ["bytes", "B"],
  ]),
  example: "512B, 1.5KiB",
};

const bandwidth: QuantityKind = {
  what: "a bandwidth",
  units: new Map(
    [...size.units].flatMap(([unit, bytes]) => [[unit, bytes] as const, [`${unit}/s`, bytes] as const]),
  ),
  habits: new Map([...size.habits].map(([habit, unit]) => [`${habit}/s`, `${unit}/s`])),
  example: "10MiB/s",
};

const share: QuantityKind = {
  what: "a share",
  units: new Map([["%", 1]]),
  habits: new Map([
    ["percent", "%"],
    ["pct", "%"],
  ]),
  example: "1%, 0.5%",
};

/** `250us` as whole nanoseconds, rounded half up; at most 2^53 (104 days). A plain 0 needs no unit. */
export function parseDuration(input: unknown): Parsed<Nanoseconds> {
  const read = readQuantity(input, duration);
  if (!read.ok) return read;
  const value = roundedProduct(read.value.digits, read.value.unit);
  if (value <= Number.MAX_SAFE_INTEGER) return { ok: true, value };
  return {
    ok: false,
    code: "out-of-range",
    message: `${quote(input)} is longer than 104 days, the longest time there is`,
  };
}

/** `500/s`, `90/m`, `10/h` as a number a second. A plain 0 needs no unit. */
export function parseRate(input: unknown): Parsed<number> {
  const read = readQuantity(input, rate);
  return read.ok ? { ok: true, value: Number(read.value.digits) / read.value.unit } : read;
}

/** `1.5KiB` as whole bytes. A plain 0 needs no unit. */
export function parseSize(input: unknown): Parsed<number> {
  const read = readQuantity(input, size);
  return read.ok ? { ok: true, value: roundedProduct(read.value.digits, read.value.unit) } : read;
}

/** `10MiB/s` (or `10MiB`, a second being understood) as bytes a second. */
export function parseBandwidth(input: unknown): Parsed<number> {
  const read = readQuantity(input, bandwidth);
  return read.ok ? { ok: true, value: Number(read.value.digits) * read.value.unit } : read;
}

/** `1%` as a share from 0 to 1: 0.01. A plain 0 needs no unit. */
export function parseShare(input: unknown): Parsed<number> {
  const read = readQuantity(input, share);
  if (!read.ok) return read;
  const value = Number(`${read.value.digits}e-2`);
  if (value <= 1) return { ok: true, value };
  return { ok: false, code: "out-of-range", message: `${quote(input)} is more than 100%` };
}

/** The units that go with this one, and how many of the smallest make one of each; undefined for no unit of ours. */
export function unitsBeside(unit: string): ReadonlyMap<string, number> | undefined {
  return [duration, rate, share, size, bandwidth].find(({ units }) => units.has(unit))?.units;
}

/** Splits `12.5ms` into its number and the rest; undefined when it does not begin with a decimal number. */
export function splitNumber(text: string): { readonly digits: string; readonly unit: string } | undefined {
  const match = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(.*)$/s.exec(text);
  return match === null ? undefined : { digits: match[1]!, unit: match[2]! };
}

/** The shortest exact text of a duration, such as `1.5s` or `250us`. */
export function formatDuration(time: Nanoseconds): string {
  if (time === Number.POSITIVE_INFINITY) return "for ever";
  let best = `${time}ns`;
  for (const [unit, nanoseconds] of duration.units) {
    const text = `${time / nanoseconds}${unit}`;
    const exact = parseDuration(text);
    if (text.length <= best.length && exact.ok && exact.value === time) best = text;
  }
  return best;
}

function readQuantity(input: unknown, kind: QuantityKind): Parsed<{ digits: string; unit: number }> {
  if (input === 0) return { ok: true, value: { digits: "0", unit: 1 } };
  if (typeof input === "number") return wrongUnit(`${input} has no unit`, kind);
  if (typeof input !== "string") {
    return { ok: false, code: "wrong-type", message: `${kind.what} is wanted, such as ${kind.example}` };
  }
  const parts = splitNumber(input);
  if (parts === undefined) {
    return {
      ok: false,
      code: "wrong-type",
      message: `${quote(input)} is not ${kind.what}; write it like ${kind.example}`,
    };
  }
  return readParts(input, parts.digits, parts.unit, kind);
}

function readParts(
  input: string,
  digits: string,
  unit: string,
  kind: QuantityKind,
): Parsed<{ digits: string; unit: number }> {
  const factor = kind.units.get(unit);
  if (digits.startsWith("-")) {
    return {
      ok: false,
      code: "out-of-range",
      message: `${quote(input)} is negative; ${kind.what} is 0 or more`,
    };
  }
  if (factor !== undefined) return { ok: true, value: { digits, unit: factor } };
  if (unit === "")
    return Number(digits) === 0
      ? { ok: true, value: { digits, unit: 1 } }
      : wrongUnit(`${quote(input)} has no unit`, kind);
  const plain = unit.trim();
  if (kind.units.has(plain))
    return wrongUnit(`${quote(input)} has a space in it; write ${digits}${plain}`, kind);
  const meant = kind.habits.get(plain.toLowerCase()) ?? nearest(plain, kind.units.keys());
  const hint = meant === undefined ? "" : `; did you mean ${digits}${meant}?`;
  return wrongUnit(`"${plain}" is not a unit of ${kind.what}${hint}`, kind);
}

function wrongUnit(what: string, kind: QuantityKind): Parsed<never> {
  const units = [...kind.units.keys()].filter((unit) => kind !== bandwidth || unit.endsWith("/s")).join(", ");
  return {
    ok: false,
    code: "wrong-unit",
    message: `${what} (${kind.what} has one of these units: ${units})`,
  };
}

/** digits × unit, exact, rounded half up to a whole number; the digits may have decimals. */
function roundedProduct(digits: string, unit: number): number {
  const [whole = "", decimals = ""] = digits.replace("+", "").split(".");
  const scaled = BigInt(`${whole}${decimals}` || "0") * BigInt(unit);
  const divisor = 10n ** BigInt(decimals.length);
  return Number((2n * scaled + divisor) / (2n * divisor));
}

function quote(input: unknown): string {
  return typeof input === "string" ? `"${input}"` : String(input);
}
