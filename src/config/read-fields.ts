import type { Json, JsonObject } from "../decode/message.ts";
import { nearest } from "../decode/nearest.ts";
import type { MapEntry, MapNode, Span } from "../decode/text-node.ts";
import type { Field, MessageType } from "./descriptors.ts";
import { earlierFields } from "./earlier-fields.ts";
import { fieldPath } from "./positions.ts";
import { readField } from "./read-field.ts";
import { type Reading, shortName } from "./reading.ts";

/** The fields of a mapping; the key `@type` is left to whoever reads an Any. */
export function readFields(node: MapNode, type: MessageType, path: string, reading: Reading): JsonObject {
  const message: Record<string, Json> = {};
  const given = new Map<Field, MapEntry>();
  for (const entry of node.entries) {
    if (entry.keyTag === "!ignore" || entry.key === "@type") continue;
    const field = type.fieldOfKey(entry.key);
    if (field !== undefined && given.has(field) && isNull(entry, reading)) continue;
    if (field === undefined) unknownField(entry, type, path, reading);
    else noteTwoSpellings(given.get(field), entry, field, path, reading);
    if (field !== undefined) given.set(field, entry);
  }
  for (const [field, entry] of given) {
    const at = fieldPath(path, field.name);
    const value = readField(entry.value, field, at, entry.keySpan, reading);
    if (value === undefined) continue;
    message[field.name] = value;
    if (field.withdrawn) withdrawn(field, at, entry.keySpan, reading);
    else if (field.deprecated) deprecated(field, at, entry.keySpan, reading);
  }
  return message;
}

function unknownField(entry: MapEntry, type: MessageType, path: string, reading: Reading): void {
  reading.damaged.add(path);
  const message = `"${entry.key}" is not a field of ${shortName(type.name)}`;
  reading.error(
    "unknown-field",
    fieldPath(path, entry.key),
    entry.keySpan,
    message,
    unknownRemedy(entry.key, type),
  );
}

function unknownRemedy(key: string, type: MessageType): string {
  if (key === "<<") return "Envoy knows no merge keys: write the fields out";
  const earlier = earlierFields[key];
  if (earlier !== undefined && type.field(earlier.now) !== undefined) return earlier.remedy;
  const names = type.fields.map((field) => field.name);
  const near = nearest(key, names);
  if (near !== undefined) return `did you mean "${near}"?`;
  return names.length > 0 && names.length <= 12 ? `its fields are ${names.join(", ")}` : "remove it";
}

function noteTwoSpellings(
  before: MapEntry | undefined,
  entry: MapEntry,
  field: Field,
  path: string,
  reading: Reading,
): void {
  if (before === undefined || before.key === entry.key || isNull(before, reading)) return;
  // The parser takes a second value for any field but for one of several of which only one is possible.
  if (field.oneof !== undefined) {
    const message = `"${before.key}" and "${entry.key}" are the same field, which Envoy refuses to read twice`;
    reading.error(
      "duplicate-key",
      fieldPath(path, field.name),
      entry.keySpan,
      message,
      `keep "${field.name}"`,
    );
    return;
  }
  const message = `"${before.key}" and "${entry.key}" are the same field; which of them Envoy takes changes from run to run`;
  reading.warning(
    "duplicate-key",
    fieldPath(path, field.name),
    entry.keySpan,
    message,
    `keep "${field.name}"`,
  );
}

function isNull({ value }: MapEntry, reading: Reading): boolean {
  return value.kind === "scalar" && reading.scalar(value).kind === "null";
}

function withdrawn(field: Field, path: string, span: Span, reading: Reading): void {
  const message = `${field.name} is deprecated, and Envoy 1.40 refuses it unless a runtime flag allows it`;
  reading.error("deprecated-field", path, span, message, REPLACEMENT);
}

const REPLACEMENT = "see its entry in Envoy's API reference for what replaces it";

function deprecated(field: Field, path: string, span: Span, reading: Reading): void {
  const message = `${field.name} is deprecated in Envoy 1.40`;
  reading.warning("deprecated-field", path, span, message, REPLACEMENT);
}
