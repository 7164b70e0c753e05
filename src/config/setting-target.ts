import { type AbsolutePath, childOf } from "../decode/json-tree.ts";
import type { Json, JsonObject } from "../decode/message.ts";
import { type Field, type MessageType, messageType } from "./descriptors.ts";
import { anyType } from "./walk-messages.ts";

/** What stands at a path of a configuration, whether set or not. */
export type Target =
  /** A field, or with `element` one of its values where it is a list or a map. */
  | { readonly kind: "field"; readonly field: Field; readonly element: boolean }
  /** Inside free-form data such as metadata. */
  | { readonly kind: "free" }
  /** The last step that means anything is the message of this type; `unknown` is not one of its fields. */
  | { readonly kind: "none"; readonly type: MessageType | undefined; readonly unknown: string };

const FREE = new Set(["google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.ListValue"]);

/** Follows a path from a message of the given type by the definitions; an Any is the message in it. */
export function targetAt(root: Json, typeName: string, path: AbsolutePath): Target {
  let type = messageType(typeName);
  let here: Json | undefined = root;
  let field: Field | undefined;
  let element = false;
  for (const step of path) {
    const inCollection: boolean = field !== undefined && !element && isCollection(field);
    if (field !== undefined && !inCollection && FREE.has(field.typeName)) return { kind: "free" };
    const next: Field | undefined = inCollection ? (field?.mapValue ?? field) : type?.field(String(step));
    if (next === undefined) return { kind: "none", type, unknown: String(step) };
    here = childOf(here, step);
    [field, element] = [next, inCollection];
    type = inCollection || !isCollection(next) ? typeOf(next, here) : undefined;
  }
  return field === undefined ? { kind: "none", type, unknown: "" } : { kind: "field", field, element };
}

function isCollection(field: Field): boolean {
  return field.repeated || field.mapValue !== undefined;
}

function typeOf(field: Field, value: Json | undefined): MessageType | undefined {
  if (field.kind !== "message") return undefined;
  const any = field.typeName === "google.protobuf.Any";
  return messageType(any ? anyType((value ?? {}) as JsonObject) : field.typeName);
}
