import type { Json } from "../decode/message.ts";
import type { MapNode, TextNode } from "../decode/text-node.ts";
import type { ScalarType } from "./descriptors.ts";
import { canonicalDuration, readDuration } from "./duration-field.ts";
import { fieldPath } from "./positions.ts";
import { nodeKind, type Reading, what } from "./reading.ts";
import { readScalar, type Reading as ScalarReading } from "./scalar-field.ts";

type Reader = (node: TextNode, path: string, reading: Reading) => Json | undefined;

const PREFIX = "google.protobuf.";

/** Types with a JSON form of their own; Any has a file of its own. */
const readers: Readonly<Record<string, Reader>> = {
  Duration: duration,
  Timestamp: timestamp,
  FieldMask: text,
  Struct: struct,
  Value: freeForm,
  ListValue: list,
  BoolValue: wrapper("bool"),
  StringValue: wrapper("string"),
  BytesValue: wrapper("bytes"),
  DoubleValue: wrapper("double"),
  FloatValue: wrapper("float"),
  Int32Value: wrapper("int32"),
  UInt32Value: wrapper("uint32"),
  Int64Value: wrapper("int64"),
  UInt64Value: wrapper("uint64"),
};

export const wellKnownTypes: ReadonlySet<string> = new Set(Object.keys(readers).map((name) => PREFIX + name));

export function readWellKnown(
  node: TextNode,
  typeName: string,
  path: string,
  reading: Reading,
): Json | undefined {
  return readers[typeName.slice(PREFIX.length)]!(node, path, reading);
}

/** A wrapped number is written plain; Envoy also takes `{ value: 3 }`. */
function wrapper(type: ScalarType): Reader {
  return (node, path, reading) => {
    const inner = node.kind === "map" ? onlyField(node, "value", path, reading) : node;
    if (inner === undefined) return type === "bool" ? false : type === "string" || type === "bytes" ? "" : 0;
    return scalar(inner, path, reading, (value) => readScalar(value, type));
  };
}

/** Decimal seconds; Envoy also takes `{ seconds: 1, nanos: 5 }`. */
function duration(node: TextNode, path: string, reading: Reading): Json | undefined {
  if (node.kind !== "map") return scalar(node, path, reading, readDuration);
  const parts = { seconds: 0, nanos: 0 };
  for (const { key, keySpan, value } of node.entries) {
    if (key !== "seconds" && key !== "nanos") {
      const message = `"${key}" is not a field of Duration`;
      reading.error(
        "unknown-field",
        fieldPath(path, key),
        keySpan,
        message,
        "write decimal seconds, such as 0.25s",
      );
      return undefined;
    }
    const type = key === "seconds" ? "int64" : "int32";
    const part = scalar(value, fieldPath(path, key), reading, (given) => readScalar(given, type));
    if (part === undefined) return undefined;
    parts[key] = Number(part);
  }
  const { seconds, nanos } = parts;
  const read = canonicalDuration(seconds < 0 || nanos < 0, Math.abs(seconds), Math.abs(nanos));
  if ("value" in read) return read.value;
  reading.fault(read, what(path), path, node.span);
  return undefined;
}

function timestamp(node: TextNode, path: string, reading: Reading): Json | undefined {
  return scalar(node, path, reading, (value) => {
    const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
    if (value.kind === "string" && form.test(value.text)) return { value: value.text };
    const remedy = "write it like 2026-01-31T12:00:00Z";
    return { code: "wrong-type", fault: "must be a time", remedy };
  });
}

function text(node: TextNode, path: string, reading: Reading): Json | undefined {
  return scalar(node, path, reading, (value) => readScalar(value, "string"));
}

function struct(node: TextNode, path: string, reading: Reading): Json | undefined {
  if (node.kind === "map") return freeForm(node, path, reading);
  return wrong(node, path, reading, "a mapping");
}

function list(node: TextNode, path: string, reading: Reading): Json | undefined {
  if (node.kind === "list") return freeForm(node, path, reading);
  return wrong(node, path, reading, "a list");
}

/** A number with a fraction in YAML comes out as text: that is how Envoy reads it. */
function freeForm(node: TextNode, path: string, reading: Reading): Json {
  if (node.kind === "list")
    return node.items.map((item, index) => freeForm(item, `${path}[${index}]`, reading));
  if (node.kind === "map") return freeFormMap(node, path, reading);
  const value = reading.scalar(node);
  if (value.kind === "null") return null;
  if (value.kind === "bool") return value.value;
  return value.kind === "number" ? Number(value.text) : value.text;
}

function freeFormMap(node: MapNode, path: string, reading: Reading): Json {
  const entries = node.entries.filter((entry) => entry.keyTag !== "!ignore");
  return Object.fromEntries(
    entries.map(({ key, keySpan, value }) => {
      const at = fieldPath(path, key);
      reading.positions.set(at, value.kind === "scalar" ? value.span : keySpan);
      return [key, freeForm(value, at, reading)];
    }),
  );
}

/** The value of the one field that a mapping may have; undefined when it is empty. */
function onlyField(node: MapNode, name: string, path: string, reading: Reading): TextNode | undefined {
  for (const { key, keySpan } of node.entries) {
    if (key === name) continue;
    reading.error(
      "unknown-field",
      fieldPath(path, key),
      keySpan,
      `${what(path)} has no field "${key}"`,
      `write ${what(path)}: VALUE`,
    );
  }
  return node.entries.findLast(({ key }) => key === name)?.value;
}

type Given = Parameters<typeof readDuration>[0];

function scalar(
  node: TextNode,
  path: string,
  reading: Reading,
  read: (value: Given) => ScalarReading,
): Json | undefined {
  const value = node.kind === "scalar" ? reading.scalar(node) : undefined;
  if (value === undefined || value.kind === "null") return wrong(node, path, reading, "one value");
  const result = read(value);
  if ("value" in result) return result.value;
  reading.fault(result, what(path), path, node.span);
  return undefined;
}

function wrong(node: TextNode, path: string, reading: Reading, wanted: string): undefined {
  reading.error("wrong-type", path, node.span, `${what(path)} must be ${wanted}, not ${nodeKind(node)}`);
  return undefined;
}
