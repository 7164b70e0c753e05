import type { Json, JsonObject } from "../decode/message.ts";
import { nearest } from "../decode/nearest.ts";
import { entryOf, type MapEntry, type MapNode, type TextNode } from "../decode/text-node.ts";
import { contribTypes } from "./contrib-types.ts";
import { messageNames } from "./descriptor-set.ts";
import { messageType } from "./descriptors.ts";
import { fieldPath } from "./positions.ts";
import { readFields } from "./read-fields.ts";
import { nodeKind, type Reading, shortName, what } from "./reading.ts";
import { wellKnownTypes } from "./well-known-types.ts";

const TYPE_URL = "type.googleapis.com/";
const POLICIES = "envoy.extensions.load_balancing_policies.";
const TYPED_STRUCTS = new Set(["xds.type.v3.TypedStruct", "udpa.type.v1.TypedStruct"]);

/**
 * An extension's configuration: `@type` names the message, its fields stand beside it. A TypedStruct is read
 * as what it stands for. A type of another vendor, or of Envoy's contrib build, is kept as it is written,
 * with a warning; a type that Envoy does not have is an error, and so is a balancing policy of the contrib build.
 */
export function readAny(node: TextNode, path: string, reading: Reading): Json | undefined {
  if (node.kind !== "map") {
    reading.error(
      "wrong-type",
      path,
      node.span,
      `${what(path)} must be a mapping with an "@type", not ${nodeKind(node)}`,
    );
    return undefined;
  }
  const entry = entryOf(node, "@type");
  if (entry === undefined) return withoutType(node, path, reading);
  const typeName = typeNameOf(entry, path, reading);
  if (typeName === undefined) return undefined;
  return TYPED_STRUCTS.has(typeName)
    ? typedStruct(node, path, reading)
    : readTyped(node, typeName, entry, path, reading);
}

function withoutType(node: MapNode, path: string, reading: Reading): Json | undefined {
  if (node.entries.length === 0) return {};
  const remedy = `add "@type": ${TYPE_URL}... with the name of the extension's message`;
  reading.error("missing-type", path, node.span, `${what(path)} has no "@type"`, remedy);
  return undefined;
}

function typeNameOf({ value, keySpan }: MapEntry, path: string, reading: Reading): string | undefined {
  const url = value.kind === "scalar" ? value.text : "";
  const slash = url.lastIndexOf("/");
  if (slash > 0 && slash < url.length - 1) return url.slice(slash + 1);
  const span = value.kind === "scalar" && url !== "" ? value.span : keySpan;
  const remedy =
    url === "" || slash >= 0 ? `write ${TYPE_URL} and the name of a message` : `write ${TYPE_URL}${url}`;
  reading.error("bad-type-url", fieldPath(path, "@type"), span, `"${url}" is not a type URL`, remedy);
  return undefined;
}

function readTyped(
  node: MapNode,
  typeName: string,
  entry: MapEntry,
  path: string,
  reading: Reading,
): JsonObject | undefined {
  const url = { "@type": TYPE_URL + typeName };
  reading.positions.set(fieldPath(path, "@type"), entry.value.span);
  if (wellKnownTypes.has(typeName)) {
    const value = entryOf(node, "value")?.value;
    const read = value && reading.message(value, typeName, fieldPath(path, "value"));
    return read === undefined ? url : { ...url, value: read };
  }
  const type = messageType(typeName);
  if (type !== undefined) return { ...url, ...readFields(node, type, path, reading) };
  return foreign(typeName, entry, path, reading) ? { ...url, ...opaque(node, path, reading) } : undefined;
}

/** Whether a type that the definitions do not have may exist all the same. */
function foreign(typeName: string, entry: MapEntry, path: string, reading: Reading): boolean {
  const at = fieldPath(path, "@type");
  const own = /^(envoy|google|xds|udpa)\./.test(typeName);
  if (own && !contribTypes.some((prefix) => typeName.startsWith(prefix))) {
    const message = `Envoy 1.40 has no message ${typeName}`;
    reading.error("unknown-type", at, entry.value.span, message, typeRemedy(typeName));
    return false;
  }
  if (typeName.startsWith(POLICIES)) {
    const message = `${shortName(typeName)} is a policy of Envoy's contrib build; the standard build refuses it`;
    const remedy =
      "choose another; a scenario may name it, to compare: proxies.NAME.policies: { CLUSTER: peak_ewma }";
    reading.error("unknown-type", at, entry.value.span, message, remedy);
    return false;
  }
  const message = `${shortName(typeName)} is an extension that Envoy's own build does not have; it is not simulated`;
  reading.warning("foreign-extension", at, entry.value.span, message);
  return true;
}

function typeRemedy(typeName: string): string {
  if (/\.v[12](alpha\d*|beta\d*)?\.[^.]+$|^envoy\.api\.v2\./.test(typeName)) {
    const now = messageNames().find((candidate) => candidate.endsWith(`.v3.${shortName(typeName)}`));
    return `this is Envoy's v2 API${now === undefined ? "" : `; the message now is ${now}`}`;
  }
  const candidates = messageNames().filter((name) => Math.abs(name.length - typeName.length) < 8);
  const near = nearest(typeName, candidates);
  return near === undefined ? "see Envoy's API reference for its messages" : `did you mean "${near}"?`;
}

/** The fields of a message without a definition. */
function opaque(node: MapNode, path: string, reading: Reading): JsonObject {
  const entries = node.entries.filter(({ key }) => key !== "@type");
  const value = reading.message({ ...node, entries }, "google.protobuf.Struct", path);
  return value as JsonObject;
}

/** `{ type_url, value }`: the fields stand in `value`. */
function typedStruct(node: MapNode, path: string, reading: Reading): Json | undefined {
  const url = entryOf(node, "type_url") ?? entryOf(node, "typeUrl");
  const value = entryOf(node, "value")?.value;
  for (const { key, keySpan } of node.entries) {
    if (["@type", "type_url", "typeUrl", "value"].includes(key)) continue;
    reading.error(
      "unknown-field",
      fieldPath(path, key),
      keySpan,
      `"${key}" is not a field of TypedStruct`,
      'fields stand in "value"',
    );
  }
  if (url === undefined) {
    reading.error(
      "missing-type",
      path,
      node.span,
      `${what(path)} has no "type_url"`,
      "name the message it stands for",
    );
    return undefined;
  }
  const typeName = typeNameOf(url, path, reading);
  if (typeName === undefined) return undefined;
  const fields: MapNode = value?.kind === "map" ? value : { kind: "map", entries: [], span: node.span };
  return readTyped(fields, typeName, url, path, reading);
}
