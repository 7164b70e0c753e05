import type { ScalarNode } from "../decode/text-node.ts";

/** What Envoy's front end makes of a scalar before any message definition is looked at. */
export type EnvoyScalar =
  | { readonly kind: "null" }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "string"; readonly text: string };

/** A JSON value is what it looks like. */
export function jsonScalar({ value, text }: ScalarNode): EnvoyScalar {
  if (value === null) return { kind: "null" };
  if (typeof value === "boolean") return { kind: "bool", value };
  return { kind: typeof value === "number" ? "number" : "string", text };
}

/**
 * Envoy's reading of a YAML scalar, which is not YAML 1.2's: YAML 1.1 booleans and octal numbers, integers
 * beyond 32 bits and everything with a fraction as text (source/common/protobuf/yaml_utility.cc,
 * parseYamlNode, and yaml-cpp's conversions).
 */
export function yamlScalar({ text, quoted }: ScalarNode): EnvoyScalar {
  if (quoted) return { kind: "string", text };
  if (/^(~|null|Null|NULL|)$/.test(text)) return { kind: "null" };
  const word = yamlBoolean(text);
  if (word !== undefined) return { kind: "bool", value: word };
  const integer = yamlInteger(text);
  if (integer === undefined) return { kind: "string", text };
  const small = integer >= -(2n ** 31n) && integer < 2n ** 31n;
  return { kind: small ? "number" : "string", text: String(integer) };
}

function yamlBoolean(text: string): boolean | undefined {
  const capitals = text === text.toUpperCase() || text.slice(1) === text.slice(1).toLowerCase();
  if (!capitals) return undefined;
  if (/^(y|yes|true|on)$/i.test(text)) return true;
  return /^(n|no|false|off)$/i.test(text) ? false : undefined;
}

/** C++ stream conversion with the base left open: 0x is hexadecimal, a leading zero octal; 64 bits. */
function yamlInteger(text: string): bigint | undefined {
  const match = /^([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]+|0|[1-9]\d*)$/.exec(text);
  if (match === null) return undefined;
  const [, sign, digits] = match as unknown as [string, string, string];
  const magnitude = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const value = sign === "-" ? -magnitude : magnitude;
  return value >= -(2n ** 63n) && value < 2n ** 63n ? value : undefined;
}
