import type { Json, JsonObject } from "../decode/message.ts";
import { type Field, type MessageType, messageType } from "./descriptors.ts";
import { fieldPath } from "./positions.ts";

export interface Visitor {
  /** Called for every message, those inside extensions included, before what is in it. */
  message(message: JsonObject, type: MessageType, path: string): void;
  /** Called for every value of a field that is a Duration. */
  duration?(text: string, path: string): void;
}

/** Walks a canonical message and everything in it of which there is a definition. */
export function walkMessages(message: JsonObject, typeName: string, path: string, visitor: Visitor): void {
  const type = messageType(typeName === ANY ? anyType(message) : typeName);
  if (type === undefined || type.name.startsWith("google.protobuf.")) return;
  visitor.message(message, type, path);
  for (const [name, value] of Object.entries(message)) {
    const field = type.field(name);
    if (field !== undefined) walkField(value, field, fieldPath(path, name), visitor);
  }
}

function walkField(value: Json, field: Field, path: string, visitor: Visitor): void {
  if (field.mapValue !== undefined) {
    for (const [key, entry] of Object.entries(value as JsonObject)) {
      walkField(entry, field.mapValue, fieldPath(path, key), visitor);
    }
  } else if (field.kind !== "message") return;
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) walkOne(item, field, `${path}[${index}]`, visitor);
  } else walkOne(value, field, path, visitor);
}

function walkOne(value: Json, field: Field, path: string, visitor: Visitor): void {
  if (field.typeName === "google.protobuf.Duration") visitor.duration?.(String(value), path);
  else if (typeof value === "object" && value !== null) {
    walkMessages(value as JsonObject, field.typeName, path, visitor);
  }
}

const ANY = "google.protobuf.Any";

/** The message that an extension's configuration is, without the URL before it; empty without an `@type`. */
export function anyType(message: JsonObject): string {
  const url = String(message["@type"] ?? "");
  return url.slice(url.lastIndexOf("/") + 1);
}
