/** JSON in which an object is a list of entries, since JavaScript's objects put integer-like keys first. */
export type OrderedJson = string | number | boolean | null | readonly OrderedJson[] | JsonObject | undefined;

/** An object whose keys keep their order; entries with the value undefined are left out. */
export class JsonObject {
  readonly entries: readonly (readonly [key: string, value: OrderedJson])[];

  constructor(entries: readonly (readonly [key: string, value: OrderedJson])[]) {
    this.entries = entries.filter(([, value]) => value !== undefined);
  }

  static of(fields: Readonly<Record<string, OrderedJson>>): JsonObject {
    return new JsonObject(Object.entries(fields));
  }
}

/** Indented by two spaces as by `JSON.stringify(value, null, 2)`, without a line end. */
export function printJson(value: OrderedJson, indent = ""): string {
  const inner = `${indent}  `;
  if (value instanceof JsonObject) {
    const lines = value.entries.map(
      ([key, item]) => `${inner}${JSON.stringify(key)}: ${printJson(item, inner)}`,
    );
    return lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}\n${indent}}`;
  }
  if (Array.isArray(value)) {
    const lines = value.map((item: OrderedJson) => inner + printJson(item, inner));
    return lines.length === 0 ? "[]" : `[\n${lines.join(",\n")}\n${indent}]`;
  }
  return JSON.stringify(value);
}
