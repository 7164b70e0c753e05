import { splitNumber, unitsBeside } from "../../decode/quantity.ts";

/** The values of a range, or what is wrong with it. */
export type Expanded =
  | { readonly ok: true; readonly values: readonly string[] }
  | { readonly ok: false; readonly message: string; readonly remedy: string };

/** More values of one setting than anybody looks at: most likely a slip of the step. */
const MOST_VALUES = 1_000;
/** Up to so many steps of 1 a range needs no step. */
const MOST_UNIT_STEPS = 10;
const EXAMPLE = "write it like 100/s..900/s:100/s";

/** A decimal number without rounding: digits × 10^-scale. */
interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/**
 * `100/s..900/s:200/s` to the values from A to B, both included where the step leads there, as texts in the unit of
 * A. Without a step: each whole unit where those are at most ten steps, otherwise five values at equal distances.
 * What is no range is itself the only value. Computed with whole numbers, so no value has digits by rounding.
 */
export function expandRange(text: string): Expanded {
  const match = /^(.+?)\.\.(.+?)(?::(.+))?$/s.exec(text);
  if (match === null) return { ok: true, values: [text] };
  const [, first = "", last = "", step] = match;
  const ends = [first, last, ...(step === undefined ? [] : [step])].map((part) => splitNumber(part));
  const wrongAt = ends.indexOf(undefined);
  if (wrongAt >= 0) {
    const part = [first, last, step][wrongAt]!;
    return flaw(`"${part}" in the range "${text}" is not a number with a unit`, EXAMPLE);
  }
  const units = ends.map((end) => end!.unit);
  const numbers = inUnitOf(
    units,
    ends.map((end) => decimalOf(end!.digits)),
  );
  if (numbers === undefined) {
    return flaw(
      `the units of "${text}" do not go together: ${units.map((unit) => unit || "none").join(", ")}`,
      EXAMPLE,
    );
  }
  const scale = 2 + Math.max(...numbers.map((number) => number.scale));
  const [from, to, by] = numbers.map((number) => scaled(number, scale));
  return listed(text, { from: from!, to: to!, by }, scale, units[0]!);
}

function listed(
  text: string,
  { from, to, by }: { from: bigint; to: bigint; by: bigint | undefined },
  scale: number,
  unit: string,
): Expanded {
  if (to < from) return flaw(`the range "${text}" ends before it begins`, "write the smaller value first");
  const step = by ?? usualStep(from, to, scale, unit);
  if (step === undefined) return flaw(`the range "${text}" needs a step`, "write it like 0..50:10");
  if (step <= 0n) return flaw(`the step of "${text}" leads nowhere`, "give a step above 0");
  const count = (to - from) / step + 1n;
  if (count > BigInt(MOST_VALUES)) {
    return flaw(`the range "${text}" has ${count} values, more than ${MOST_VALUES}`, "give a larger step");
  }
  const values = Array.from({ length: Number(count) }, (_, index) =>
    printed(from + BigInt(index) * step, scale),
  );
  return { ok: true, values: values.map((value) => value + unit) };
}

/** Undefined where a quarter of whole numbers would not be whole. */
function usualStep(from: bigint, to: bigint, scale: number, unit: string): bigint | undefined {
  const one = 10n ** BigInt(scale);
  const isWhole = from % one === 0n && to % one === 0n;
  if (isWhole && to - from <= one * BigInt(MOST_UNIT_STEPS)) return one;
  // Two decimals more than the ends have, so a quarter is exact.
  const quarter = (to - from) / 4n;
  return isWhole && unit === "" && quarter % one !== 0n ? undefined : quarter;
}

/** Where a value stands on an axis: what its number is in units of the first value; undefined without numbers. */
export function positionsOf(
  values: readonly string[],
): { readonly unit: string; readonly numbers: readonly number[] } | undefined {
  const parts = values.map((value) => splitNumber(value));
  if (parts.length === 0 || parts.includes(undefined)) return undefined;
  const units = parts.map((part) => part!.unit);
  const numbers = inUnitOf(
    units,
    parts.map((part) => decimalOf(part!.digits)),
  );
  return (
    numbers && {
      unit: units[0]!,
      numbers: numbers.map((number) => Number(printed(number.digits, number.scale))),
    }
  );
}

/** All numbers in the first one's unit; undefined where that would not be exact or units are of different kinds. */
function inUnitOf(units: readonly string[], numbers: readonly Decimal[]): Decimal[] | undefined {
  const [first = ""] = units;
  if (units.every((unit) => unit === first)) return [...numbers];
  const table = unitsBeside(first);
  const converted = numbers.map((number, index) => {
    const [own, wanted] = [table?.get(units[index]!), table?.get(first)];
    return own === undefined || wanted === undefined
      ? undefined
      : divided(number, BigInt(own), BigInt(wanted));
  });
  return converted.includes(undefined) ? undefined : (converted as Decimal[]);
}

/** Enough decimals for any two units that have a finite quotient. */
const MORE_DECIMALS = 15;

function divided({ digits, scale }: Decimal, times: bigint, by: bigint): Decimal | undefined {
  const product = digits * times * 10n ** BigInt(MORE_DECIMALS);
  return product % by === 0n ? { digits: product / by, scale: scale + MORE_DECIMALS } : undefined;
}

function decimalOf(text: string): Decimal {
  const [whole = "", decimals = ""] = text.replace("+", "").split(".");
  const isNegative = whole.startsWith("-");
  const digits = BigInt(`${whole.replace("-", "")}${decimals}` || "0");
  return { digits: isNegative ? -digits : digits, scale: decimals.length };
}

function scaled({ digits, scale }: Decimal, to: number): bigint {
  return digits * 10n ** BigInt(to - scale);
}

/** `1250` with scale 3 is `1.25`. */
function printed(digits: bigint, scale: number): string {
  const sign = digits < 0n ? "-" : "";
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, "0");
  const whole = text.slice(0, text.length - scale);
  const decimals = text.slice(text.length - scale).replace(/0+$/, "");
  return `${sign}${whole}${decimals === "" ? "" : `.${decimals}`}`;
}

function flaw(message: string, remedy: string): Expanded {
  return { ok: false, message, remedy };
}
