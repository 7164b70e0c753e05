import type { Json, JsonObject } from "../decode/message.ts";
import { type Field, type MessageType, messageType } from "./descriptors.ts";
import { fieldPath } from "./positions.ts";
import { shortName, what } from "./reading.ts";
import type { Report } from "./report.ts";
import {
  type Broken,
  brokenDurationRule,
  brokenEnumRule,
  brokenNumberRule,
  brokenStringRule,
} from "./scalar-rules.ts";
import type { FieldRules } from "./validation-rules.ts";
import { anyType } from "./walk-messages.ts";

/**
 * Checks the validation rules that Envoy's definitions carry, throughout a canonical message and the
 * extensions in it. `skip` tells which paths have a problem already, so that none is told twice.
 */
export function checkRules(
  message: JsonObject,
  typeName: string,
  path: string,
  report: Report,
  skip: (path: string) => boolean,
): void {
  const any = typeName === "google.protobuf.Any";
  const type = messageType(any ? anyType(message) : typeName);
  if (type === undefined || UNCHECKED.test(type.name)) return;
  const check = new MessageCheck(report, skip);
  check.message(message, type, path);
}

/** Types without rules, and extensions whose rules Envoy 1.40 does not check when it builds them. */
const UNCHECKED = /^(google\.protobuf|envoy\.extensions\.(load_balancing_policies|retry\.priority))\./;

class MessageCheck {
  readonly #report: Report;
  readonly #skip: (path: string) => boolean;

  constructor(report: Report, skip: (path: string) => boolean) {
    this.#report = report;
    this.#skip = skip;
  }

  message(message: JsonObject, type: MessageType, path: string): void {
    this.#oneofs(message, type, path);
    for (const field of type.fields) {
      const at = fieldPath(path, field.name);
      const rules = type.unchecked ? undefined : field.rules;
      if (Object.hasOwn(message, field.name)) this.#present(message[field.name]!, field, rules, at);
      else if (rules !== undefined && field.oneof === undefined && !this.#skip(path))
        this.#absent(field, rules, at);
    }
  }

  #oneofs(message: JsonObject, type: MessageType, path: string): void {
    for (const { name, members, required } of type.oneofs) {
      const [first, second] = Object.keys(message).filter((field) => members.includes(field));
      if (second !== undefined) {
        const text = `${second} cannot be set together with ${first}: only one ${name} is possible`;
        this.#report.error("two-of-one", fieldPath(path, second), text, "remove one of them");
      } else if (first === undefined && required && !type.unchecked && !this.#skip(path)) {
        const text = `${ownName(path, type)} needs one of ${members.join(", ")} (${name})`;
        this.#report.error("required", path, text);
      }
    }
  }

  #absent(field: Field, rules: FieldRules, path: string): void {
    const counts = rules.map ?? rules.repeated;
    if (
      rules.message?.required ||
      rules.any?.required ||
      rules.duration?.required ||
      rules.timestamp?.required
    ) {
      this.#report.error("required", path, `${field.name} is required`);
    } else if (field.mapValue !== undefined || field.repeated) {
      const least = rules.map?.min_pairs ?? rules.repeated?.min_items;
      if (!counts?.ignore_empty) this.#count(0, least, undefined, field, path);
    } else if (!field.explicit) {
      this.#broken(brokenScalarRule(defaultOf(field), field, rules), what(path), path);
    }
  }

  #present(value: Json, field: Field, rules: FieldRules | undefined, path: string): void {
    if (field.mapValue !== undefined) this.#map(value as JsonObject, field, rules?.map, path);
    else if (field.repeated) this.#list(value as readonly Json[], field, rules?.repeated, path);
    else this.#one(value, field, rules, path);
  }

  #one(value: Json, field: Field, rules: FieldRules | undefined, path: string): void {
    if (rules !== undefined && !this.#skip(path))
      this.#broken(brokenScalarRule(value, field, rules), what(path), path);
    if (field.kind !== "message" || rules?.message?.skip || typeof value !== "object") return;
    checkRules(value as JsonObject, field.typeName, path, this.#report, this.#skip);
  }

  #list(values: readonly Json[], field: Field, rules: FieldRules["repeated"], path: string): void {
    this.#count(values.length, rules?.min_items, rules?.max_items, field, path);
    if (rules?.unique) this.#unique(values, field, path);
    for (const [index, value] of values.entries()) this.#one(value, field, rules?.items, `${path}[${index}]`);
  }

  #map(map: JsonObject, field: Field, rules: FieldRules["map"], path: string): void {
    const entries = Object.entries(map);
    this.#count(entries.length, rules?.min_pairs, rules?.max_pairs, field, path);
    for (const [key, value] of entries) {
      const at = fieldPath(path, key);
      if (rules?.keys) this.#broken(brokenScalarRule(key, field.mapKey!, rules.keys), `the key "${key}"`, at);
      this.#one(value, field.mapValue!, rules?.values, at);
    }
  }

  #unique(values: readonly Json[], field: Field, path: string): void {
    const seen = new Set<string>();
    for (const [index, value] of values.entries()) {
      const text = JSON.stringify(value);
      if (seen.has(text))
        this.#report.error("duplicate", `${path}[${index}]`, `${field.name} has ${text} twice`, "remove one");
      seen.add(text);
    }
  }

  #count(count: number, least = 0, most = Number.POSITIVE_INFINITY, field: Field, path: string): void {
    const items = (number: number): string => (number === 1 ? "1 item" : `${number} items`);
    if (count < least) this.#report.error("too-few", path, `${field.name} needs at least ${items(least)}`);
    if (count > most) {
      this.#report.error("too-many", path, `${field.name} has ${items(count)}; at most ${most} are possible`);
    }
  }

  #broken(broken: Broken | undefined, name: string, path: string): void {
    if (broken !== undefined) this.#report.error(broken.code, path, `${name} ${broken.fault}`, broken.remedy);
  }
}

function ownName(path: string, type: MessageType): string {
  return path === "" ? shortName(type.name) : what(path);
}

function defaultOf(field: Field): Json {
  if (field.kind === "enum") return 0;
  if (field.scalar === "string" || field.scalar === "bytes") return "";
  return field.scalar === "bool" ? false : 0;
}

/** Rules on one value: a scalar, an enum, a duration or the value in a wrapper. */
function brokenScalarRule(value: Json, field: Field, rules: FieldRules): Broken | undefined {
  if (rules.enum !== undefined) return brokenEnumRule(value, field.typeName, rules.enum);
  if (rules.string !== undefined) return brokenStringRule(String(value), rules.string);
  if (rules.duration !== undefined) return brokenDurationRule(String(value), rules.duration);
  if (rules.bool?.const !== undefined && value !== rules.bool.const) {
    return { code: "out-of-range", fault: `must be ${rules.bool.const}`, remedy: "" };
  }
  if (rules.bytes !== undefined) return brokenBytes(String(value), rules.bytes);
  const number = rules.uint32 ?? rules.uint64 ?? rules.int32 ?? rules.int64 ?? rules.double ?? rules.float;
  return number === undefined ? undefined : brokenNumberRule(Number(value), number);
}

function brokenBytes(value: string, rules: NonNullable<FieldRules["bytes"]>): Broken | undefined {
  const length = Buffer.from(value, "base64").length;
  const { min_len: least = 0, max_len: most = Number.POSITIVE_INFINITY } = rules;
  if (length >= least && length <= most) return undefined;
  return {
    code: "out-of-range",
    fault: length < least ? `needs at least ${least} bytes` : `may have at most ${most} bytes`,
    remedy: "",
  };
}
