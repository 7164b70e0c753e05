import type { Json } from "../../decode/message.ts";

/** A text that is the same for equal metadata values, whatever the order of keys in them. */
export function metadataKey(value: Json): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map(sorted);
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key]!)]));
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** The value of a key, undefined where there is none. */
export function metadataValue(metadata: Readonly<Record<string, unknown>>, key: string): Json | undefined {
  return Object.hasOwn(metadata, key) ? (metadata[key] as Json) : undefined;
}

/**
 * Whether metadata has all of these pairs; with `listAsAny` one element of a list is enough
 * (Envoy 1.40, `Metadata::metadataLabelMatch`).
 */
export function hasAll(
  metadata: Readonly<Record<string, unknown>>,
  pairs: readonly (readonly [key: string, value: Json])[],
  listAsAny: boolean,
): boolean {
  return pairs.every(([key, wanted]) => {
    const value = metadataValue(metadata, key);
    if (value === undefined) return false;
    const values = listAsAny && isList(value) ? value : [value];
    return values.some((one) => metadataKey(one) === metadataKey(wanted));
  });
}
