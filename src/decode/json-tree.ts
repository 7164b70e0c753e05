import type { Json, JsonObject } from "./message.ts";

/** Keys and indices from the root. */
export type AbsolutePath = readonly (string | number)[];

/** The value at an absolute path, or undefined. */
export function valueAt(root: Json, path: AbsolutePath): Json | undefined {
  let value: Json | undefined = root;
  for (const step of path) value = childOf(value, step);
  return value;
}

export function childOf(value: Json | undefined, step: string | number): Json | undefined {
  if (value === undefined || !isContainer(value) || !Object.hasOwn(value, step)) return undefined;
  return (value as { readonly [key: string | number]: Json })[step];
}

/** The keys of a mapping; nothing else has any. */
export function keysOf(value: Json | undefined): string[] {
  return isObject(value) ? Object.keys(value) : [];
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isContainer(value: Json | undefined): value is JsonObject | readonly Json[] {
  return typeof value === "object" && value !== null;
}

/** Calls `visit` for every mapping in `value`, itself included, from the top down. */
export function visitObjects(
  value: Json | undefined,
  path: AbsolutePath,
  visit: (object: JsonObject, path: AbsolutePath) => void,
): void {
  if (isObject(value)) visit(value, path);
  if (!isContainer(value)) return;
  const steps = Array.isArray(value) ? value.keys() : Object.keys(value);
  for (const step of steps) visitObjects(childOf(value, step), [...path, step], visit);
}

/** An absolute path as people write it: `static_resources.clusters[0].lb_policy`. */
export function formatPath(path: AbsolutePath): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number" || !/^[\w-]+$/.test(step)) text += `[${step}]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}
