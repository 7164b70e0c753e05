import type { Json, JsonObject } from "../decode/message.ts";

/** The value at the end of these fields, or undefined where one is absent. */
export function at(json: Json | undefined, ...fields: string[]): Json | undefined {
  let value = json;
  for (const field of fields) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    value = (value as JsonObject)[field];
  }
  return value;
}

export function object(json: Json | undefined, ...fields: string[]): JsonObject | undefined {
  const value = at(json, ...fields);
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

export function text(json: Json | undefined, ...fields: string[]): string {
  const value = at(json, ...fields);
  return typeof value === "string" ? value : "";
}

export function number(json: Json | undefined, ...fields: string[]): number | undefined {
  const value = at(json, ...fields);
  return value === undefined || value === null ? undefined : Number(value);
}

/** The messages of a list with their paths. */
export function items(
  json: Json | undefined,
  path: string,
  field: string,
): [item: JsonObject, path: string][] {
  const list = at(json, field);
  if (!Array.isArray(list)) return [];
  const prefix = path === "" ? field : `${path}.${field}`;
  return list.map((item, index) => [item as JsonObject, `${prefix}[${index}]`]);
}
