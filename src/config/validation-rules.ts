import {
  create,
  createFileRegistry,
  type DescExtension,
  type DescMessage,
  getExtension,
  hasExtension,
  type Message,
  toJson,
} from "@bufbuild/protobuf";
import {
  type FieldOptions,
  type FileDescriptorProto,
  FileDescriptorSetSchema,
  type MessageOptions,
  type OneofOptions,
} from "@bufbuild/protobuf/wkt";
import { descriptorFile } from "./descriptor-set.ts";

/** The limits that a definition puts on a number; only what is set is there. */
export interface NumberRules {
  readonly const?: number;
  readonly lt?: number;
  readonly lte?: number;
  readonly gt?: number;
  readonly gte?: number;
  readonly in?: readonly number[];
  readonly not_in?: readonly number[];
  readonly ignore_empty?: boolean;
}

export interface StringRules {
  readonly const?: string;
  readonly len?: number;
  readonly min_len?: number;
  readonly max_len?: number;
  readonly min_bytes?: number;
  readonly max_bytes?: number;
  readonly pattern?: string;
  readonly prefix?: string;
  readonly suffix?: string;
  readonly contains?: string;
  readonly in?: readonly string[];
  readonly not_in?: readonly string[];
  readonly hostname?: boolean;
  readonly ip?: boolean;
  readonly uri?: boolean;
  readonly well_known_regex?: "HTTP_HEADER_NAME" | "HTTP_HEADER_VALUE";
  readonly strict?: boolean;
  readonly ignore_empty?: boolean;
}

export interface DurationRules {
  readonly required?: boolean;
  readonly lt?: string;
  readonly lte?: string;
  readonly gt?: string;
  readonly gte?: string;
}

/** The `validate.rules` of a field, in the proto3 JSON form: only what is set is there. */
export interface FieldRules {
  readonly message?: { readonly skip?: boolean; readonly required?: boolean };
  readonly float?: NumberRules;
  readonly double?: NumberRules;
  readonly int32?: NumberRules;
  readonly int64?: NumberRules;
  readonly uint32?: NumberRules;
  readonly uint64?: NumberRules;
  readonly bool?: { readonly const?: boolean };
  readonly string?: StringRules;
  readonly bytes?: { readonly min_len?: number; readonly max_len?: number };
  readonly enum?: {
    readonly const?: number;
    readonly defined_only?: boolean;
    readonly in?: readonly number[];
    readonly not_in?: readonly number[];
  };
  readonly repeated?: {
    readonly min_items?: number;
    readonly max_items?: number;
    readonly unique?: boolean;
    readonly items?: FieldRules;
    readonly ignore_empty?: boolean;
  };
  readonly map?: {
    readonly min_pairs?: number;
    readonly max_pairs?: number;
    readonly keys?: FieldRules;
    readonly values?: FieldRules;
    readonly ignore_empty?: boolean;
  };
  readonly any?: { readonly required?: boolean; readonly in?: readonly string[] };
  readonly duration?: DurationRules;
  readonly timestamp?: { readonly required?: boolean };
}

export function fieldRules(options: FieldOptions | undefined): FieldRules | undefined {
  if (options === undefined || options.$unknown === undefined) return undefined;
  const { rules, registry } = extensions();
  if (!hasExtension(options, rules)) return undefined;
  const value = getExtension(options, rules) as Message;
  const json = toJson(rules.message as DescMessage, value, { registry, useProtoFieldName: true });
  return withNumbers(json) as FieldRules;
}

/** A required oneof must have one member set. */
export function oneofIsRequired(options: OneofOptions | undefined): boolean {
  if (options === undefined || options.$unknown === undefined) return false;
  const { required } = extensions();
  return hasExtension(options, required) && getExtension(options, required) === true;
}

/** Messages may switch off their rules. */
export function messageIsUnchecked(options: MessageOptions | undefined): boolean {
  if (options === undefined || options.$unknown === undefined) return false;
  const { disabled } = extensions();
  return hasExtension(options, disabled) && getExtension(options, disabled) === true;
}

interface Extensions {
  readonly registry: ReturnType<typeof createFileRegistry>;
  readonly rules: DescExtension & { readonly message?: DescMessage };
  readonly required: DescExtension;
  readonly disabled: DescExtension;
}

let loaded: Extensions | undefined;

const RULE_FILES = [
  "google/protobuf/descriptor.proto",
  "google/protobuf/duration.proto",
  "google/protobuf/timestamp.proto",
  "validate/validate.proto",
];

function extensions(): Extensions {
  if (loaded !== undefined) return loaded;
  const file: FileDescriptorProto[] = RULE_FILES.map(descriptorFile);
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file }));
  const extension = (name: string): DescExtension => registry.getExtension(name)!;
  loaded = {
    registry,
    rules: extension("validate.rules"),
    required: extension("validate.required"),
    disabled: extension("validate.disabled"),
  };
  return loaded;
}

const COUNTS = new Set([
  "len",
  "min_len",
  "max_len",
  "min_bytes",
  "max_bytes",
  "min_items",
  "max_items",
  "min_pairs",
  "max_pairs",
]);
const WIDE = new Set(["int64", "uint64"]);

/** Turns the 64-bit numbers, texts in JSON, into numbers; none of Envoy's limits needs more than 53 bits. */
function withNumbers(json: unknown, wide = false): unknown {
  if (Array.isArray(json)) return json.map((item) => withNumbers(item, wide));
  if (typeof json === "string") return wide ? Number(json) : json;
  if (typeof json !== "object" || json === null) return json;
  const convert = ([key, value]: [string, unknown]): [string, unknown] => [
    key,
    withNumbers(value, wide || COUNTS.has(key) || WIDE.has(key)),
  ];
  return Object.fromEntries(Object.entries(json).map(convert));
}
