import type { Json } from "../decode/message.ts";
import { nearest } from "../decode/nearest.ts";
import type { Span, TextNode } from "../decode/text-node.ts";
import { enumType, type Field } from "./descriptors.ts";
import { fieldPath } from "./positions.ts";
import { nodeKind, type Reading, what } from "./reading.ts";
import { readEnum, readScalar } from "./scalar-field.ts";

/**
 * Reads the value of a field. Undefined for what is absent: null, an empty list, the default of a field that
 * knows no absence, and what was wrong and has been reported.
 */
export function readField(
  node: TextNode,
  field: Field,
  path: string,
  keySpan: Span,
  reading: Reading,
): Json | undefined {
  if (isNull(node, reading) && field.typeName !== "google.protobuf.Value") return undefined;
  reading.positions.set(path, node.kind === "scalar" ? node.span : keySpan);
  if (field.mapValue !== undefined) return readMap(node, field, path, reading);
  if (field.repeated) return readList(node, field, path, reading);
  const value = readElement(node, field, path, reading);
  return value === undefined || (!field.explicit && isDefault(value, field)) ? undefined : value;
}

/** One value where a list is wanted is a list of one. */
function readList(node: TextNode, field: Field, path: string, reading: Reading): Json | undefined {
  const items = node.kind === "list" ? node.items : [node];
  const values: Json[] = [];
  for (const [index, item] of items.entries()) {
    const at = `${path}[${index}]`;
    reading.positions.set(at, item.span);
    // What cannot be read keeps its place, so that paths and positions stay true.
    values.push(
      (isNull(item, reading) ? undefined : readElement(item, field, at, reading)) ?? emptyValue(field),
    );
  }
  return values.length === 0 ? undefined : values;
}

function readMap(node: TextNode, field: Field, path: string, reading: Reading): Json | undefined {
  if (node.kind !== "map") {
    reading.error("wrong-type", path, node.span, `${field.name} must be a mapping, not ${nodeKind(node)}`);
    return undefined;
  }
  const entries: [string, Json][] = [];
  for (const { key, keySpan, keyTag, value } of node.entries) {
    if (keyTag === "!ignore") continue;
    const at = fieldPath(path, key);
    reading.positions.set(at, value.kind === "scalar" ? value.span : keySpan);
    const name = readScalar({ kind: "string", text: key }, field.mapKey!.scalar);
    if (!("value" in name)) {
      reading.fault(name, `the key "${key}" of ${field.name}`, at, keySpan);
      continue;
    }
    const read = isNull(value, reading) ? undefined : readElement(value, field.mapValue!, at, reading);
    entries.push([key, read ?? emptyValue(field.mapValue!)]);
  }
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** One value, or one element of a list or map. */
export function readElement(node: TextNode, field: Field, path: string, reading: Reading): Json | undefined {
  const value =
    field.kind === "message"
      ? reading.message(node, field.typeName, path)
      : readPlain(node, field, path, reading);
  if (value === undefined) reading.damaged.add(path).add(path.slice(0, -(field.name.length + 1)));
  return value;
}

function readPlain(node: TextNode, field: Field, path: string, reading: Reading): Json | undefined {
  const scalar = node.kind === "scalar" ? reading.scalar(node) : undefined;
  if (scalar === undefined || scalar.kind === "null") {
    const wanted = field.kind === "enum" ? "one word" : field.scalar === "string" ? "a text" : "one value";
    reading.error("wrong-type", path, node.span, `${what(path)} must be ${wanted}, not ${nodeKind(node)}`);
    return undefined;
  }
  const type = field.kind === "enum" ? enumType(field.typeName) : undefined;
  const read =
    type === undefined
      ? readScalar(scalar, field.scalar)
      : readEnum(scalar, type, (word) => nearest(word, type.names.values()));
  if ("value" in read) return read.value;
  reading.fault(read, what(path), path, node.span);
  return undefined;
}

function isNull(node: TextNode, reading: Reading): boolean {
  return node.kind === "scalar" && reading.scalar(node).kind === "null";
}

function isDefault(value: Json, field: Field): boolean {
  if (field.kind === "enum") return value === enumType(field.typeName).names.get(0);
  return value === emptyValue(field);
}

/** Messages whose JSON form is not a mapping; wrapped numbers are 0. */
const EMPTY_FORMS: Readonly<Record<string, Json>> = {
  Duration: "0s",
  Timestamp: "1970-01-01T00:00:00Z",
  FieldMask: "",
  Value: null,
  ListValue: [],
  BoolValue: false,
  StringValue: "",
  BytesValue: "",
  Struct: {},
  Any: {},
  Empty: {},
};

/** The value of an element that was given as null. */
function emptyValue(field: Field): Json {
  if (field.typeName.startsWith("google.protobuf.")) return EMPTY_FORMS[field.typeName.slice(16)] ?? 0;
  if (field.kind === "message") return {};
  if (field.kind === "enum") return enumType(field.typeName).names.get(0) ?? 0;
  if (field.scalar === "string" || field.scalar === "bytes") return "";
  if (field.scalar === "bool") return false;
  return field.scalar.endsWith("64") ? "0" : 0;
}
