import type { Json } from "../decode/message.ts";
import type { EnumType, ScalarType } from "./descriptors.ts";
import type { EnvoyScalar } from "./envoy-scalar.ts";

/** A value in the canonical form, or what is wrong with it. */
export type Reading = { readonly value: Json } | Fault;

export interface Fault {
  readonly code: string;
  /** A sentence without its subject, which is the field, such as `must be true or false, not 5`. */
  readonly fault: string;
  readonly remedy: string;
}

type Present = Exclude<EnvoyScalar, { kind: "null" }>;

/** How a scalar was written, for a message. */
export function written(scalar: EnvoyScalar): string {
  if (scalar.kind === "null") return "null";
  if (scalar.kind === "bool") return String(scalar.value);
  // YAML's numbers with a fraction come as text.
  if (scalar.kind === "number" || DECIMAL.test(scalar.text)) return scalar.text;
  return JSON.stringify(scalar.text.length > 60 ? `${scalar.text.slice(0, 57)}...` : scalar.text);
}

/** Reads a scalar as Envoy's JSON parser does for a field of this type. */
export function readScalar(scalar: Present, type: ScalarType): Reading {
  switch (type) {
    case "string":
      return readString(scalar);
    case "bool":
      return readBool(scalar);
    case "bytes":
      return readBytes(scalar);
    case "double":
    case "float":
      return readFloating(scalar);
    default:
      return readWhole(scalar, type);
  }
}

function readString(scalar: Present): Reading {
  if (scalar.kind === "string") return { value: scalar.text };
  const remedy = `put it in quotes: "${scalar.kind === "bool" ? scalar.value : scalar.text}"`;
  return wrongType(`must be a text, not ${kindNames[scalar.kind]} ${written(scalar)}`, remedy);
}

const kindNames = { bool: "the boolean", number: "the number", string: "the text" } as const;

function readBool(scalar: Present): Reading {
  if (scalar.kind === "bool") return { value: scalar.value };
  if (scalar.kind === "string" && /^(true|t|yes|y|1)$/i.test(scalar.text)) return { value: true };
  if (scalar.kind === "string" && /^(false|f|no|n|0)$/i.test(scalar.text)) return { value: false };
  return wrongType(`must be true or false, not ${written(scalar)}`);
}

function readBytes(scalar: Present): Reading {
  if (scalar.kind === "string" && /^[\w+/-]*={0,2}$/.test(scalar.text)) return { value: scalar.text };
  return wrongType(`must be bytes in base64, not ${written(scalar)}`);
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const NOT_FINITE = new Set(["NaN", "Infinity", "-Infinity"]);

function readFloating(scalar: Present): Reading {
  if (scalar.kind === "string" && NOT_FINITE.has(scalar.text)) return { value: scalar.text };
  if (scalar.kind === "bool" || !DECIMAL.test(scalar.text))
    return wrongType(`must be a number, not ${written(scalar)}`);
  const value = Number(scalar.text);
  if (!Number.isFinite(value)) return outOfRange(`${written(scalar)} is too large for a number`);
  return { value };
}

const RANGES = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
} as const;

function readWhole(scalar: Present, type: keyof typeof RANGES): Reading {
  const value = scalar.kind === "bool" ? undefined : wholeNumber(scalar.text);
  if (value === undefined) return wrongType(`must be a whole number, not ${written(scalar)}`);
  const [least, most] = RANGES[type];
  if (value < least || value > most) {
    return outOfRange(`must be from ${least} to ${most}, not ${written(scalar)}`);
  }
  return { value: type.endsWith("64") ? String(value) : Number(value) };
}

/** Also written as a float, such as 1e3 or 8080.0, or in hexadecimal. */
function wholeNumber(text: string): bigint | undefined {
  if (/^\+?\d+$/.test(text)) return BigInt(text.replace("+", ""));
  if (/^-\d+$/.test(text)) return BigInt(text);
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return BigInt(text);
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  return Number.isInteger(value) ? BigInt(value) : undefined;
}

/** An enum by name in any letter case or by number. The canonical form is the name, or an unknown number. */
export function readEnum(
  scalar: Present,
  type: EnumType,
  nearest: (word: string) => string | undefined,
): Reading {
  const text = scalar.kind === "bool" ? undefined : scalar.text;
  const named = scalar.kind === "string" ? type.numbers.get(scalar.text.toUpperCase()) : undefined;
  const number = named ?? (text === undefined ? undefined : enumNumber(text));
  if (number !== undefined) return { value: type.names.get(number) ?? number };
  const near = nearest(String(text ?? "").toUpperCase());
  const all = [...type.names.values()].join(", ");
  const remedy = near === undefined ? `write one of ${all}` : `did you mean "${near}"?`;
  return { code: "bad-enum", fault: `has no value ${written(scalar)}`, remedy };
}

function enumNumber(text: string): number | undefined {
  const value = wholeNumber(text);
  return value !== undefined && value >= -(2n ** 31n) && value < 2n ** 31n ? Number(value) : undefined;
}

function wrongType(fault: string, remedy = ""): Fault {
  return { code: "wrong-type", fault, remedy };
}

function outOfRange(fault: string): Fault {
  return { code: "out-of-range", fault, remedy: "" };
}
