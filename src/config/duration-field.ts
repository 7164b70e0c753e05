import type { EnvoyScalar } from "./envoy-scalar.ts";
import { type Fault, type Reading, written } from "./scalar-field.ts";

/** The range of google.protobuf.Duration: about 10,000 years. */
const MOST_SECONDS = 315_576_000_000;

/** Decimal seconds with an `s`, at most nine digits of fraction. */
export function readDuration(scalar: Exclude<EnvoyScalar, { kind: "null" }>): Reading {
  const text = scalar.kind === "string" ? scalar.text : "";
  const match = /^(-?)(\d+)(?:\.(\d{1,9}))?s$/.exec(text);
  if (match === null) return badDuration(scalar);
  const [, sign, whole, fraction = ""] = match as unknown as [string, string, string, string | undefined];
  return canonicalDuration(sign === "-", Number(whole), Number(fraction.padEnd(9, "0")));
}

/** The canonical text: as few digits as needed, in groups of three. */
export function canonicalDuration(negative: boolean, seconds: number, nanos: number): Reading {
  if (seconds > MOST_SECONDS) {
    return { code: "out-of-range", fault: `must be at most ${MOST_SECONDS}s`, remedy: "" };
  }
  const fraction =
    nanos === 0
      ? ""
      : `.${String(nanos)
          .padStart(9, "0")
          .replace(/(000){1,2}$/, "")}`;
  const sign = negative && (seconds > 0 || nanos > 0) ? "-" : "";
  return { value: `${sign}${seconds}${fraction}s` };
}

const UNITS: Record<string, number> = {
  ns: 1e-9,
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  min: 60,
  h: 3600,
  d: 86400,
};

function badDuration(scalar: EnvoyScalar): Fault {
  const fault = `must be decimal seconds with an "s", not ${written(scalar)}`;
  const text = scalar.kind === "string" || scalar.kind === "number" ? scalar.text : "";
  if (/\.\d{10,}s$/.test(text))
    return { code: "bad-duration", fault, remedy: "give at most nine digits of fraction" };
  const [, number, unit] = /^\+?(\d*\.?\d+)\s*([a-zA-Z]*)$/.exec(text) ?? [];
  const factor = unit === undefined ? undefined : UNITS[unit.toLowerCase() || "s"];
  const seconds = Number(number) * (factor ?? Number.NaN);
  const remedy = Number.isNaN(seconds) ? "write for example 0.25s" : `write ${decimal(seconds)}s`;
  return { code: "bad-duration", fault, remedy };
}

function decimal(value: number): string {
  return value.toFixed(9).replace(/\.?0+$/, "");
}
