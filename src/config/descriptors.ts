import { fromBinary } from "@bufbuild/protobuf";
import {
  type DescriptorProto,
  DescriptorProtoSchema,
  type EnumDescriptorProto,
  EnumDescriptorProtoSchema,
  type FieldDescriptorProto,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
} from "@bufbuild/protobuf/wkt";
import { definitionOf } from "./descriptor-set.ts";
import { type FieldRules, fieldRules, messageIsUnchecked, oneofIsRequired } from "./validation-rules.ts";

/**
 * Envoy 1.40's message definitions, from the descriptor set that scripts/make-descriptors.sh makes. A message
 * is decoded when somebody first asks for it: a usual configuration needs a tenth of the 1200 there are.
 */
export interface MessageType {
  readonly name: string;
  /** In the order of the definition. */
  readonly fields: readonly Field[];
  readonly oneofs: readonly Oneof[];
  /** Its definition switches off the validation rules. */
  readonly unchecked: boolean;
  field(name: string): Field | undefined;
  /** The field that this key of a text means: Envoy takes snake_case and lowerCamelCase. */
  fieldOfKey(key: string): Field | undefined;
}

export type ScalarType =
  | "string"
  | "bool"
  | "bytes"
  | "double"
  | "float"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64";

export interface Field {
  /** The proto name, snake_case. */
  readonly name: string;
  readonly camelCase: string;
  readonly kind: "scalar" | "enum" | "message";
  readonly scalar: ScalarType;
  /** Full name of the enum or message. */
  readonly typeName: string;
  readonly repeated: boolean;
  /** The field of the values when this is a map. */
  readonly mapValue: Field | undefined;
  readonly mapKey: Field | undefined;
  /** Set and absent are different things, also at the default value. */
  readonly explicit: boolean;
  readonly oneof: string | undefined;
  readonly deprecated: boolean;
  /** Deprecated for so long that Envoy refuses it. */
  readonly withdrawn: boolean;
  readonly rules: FieldRules | undefined;
}

export interface Oneof {
  readonly name: string;
  readonly members: readonly string[];
  readonly required: boolean;
}

export interface EnumType {
  readonly name: string;
  /** By number: the first name it was given. */
  readonly names: ReadonlyMap<number, string>;
  /** By name in capitals. */
  readonly numbers: ReadonlyMap<string, number>;
}

/** The message definition of this full name, such as `envoy.config.cluster.v3.Cluster`. */
export function messageType(name: string): MessageType | undefined {
  if (!messages.has(name)) load(name);
  return messages.get(name);
}

/** The enum of this full name; it must exist. */
export function enumType(name: string): EnumType {
  if (!enums.has(name)) load(name);
  const found = enums.get(name);
  if (found === undefined) throw new Error(`the descriptor set has no enum ${name}`);
  return found;
}

const messages = new Map<string, LoadedMessage>();
const enums = new Map<string, EnumType>();

/** Decodes the top-level definition that is or contains the one of this name. */
function load(name: string): void {
  const parts = name.split(".");
  for (let length = parts.length; length > 0; length--) {
    const outer = parts.slice(0, length).join(".");
    const definition = definitionOf(outer);
    if (definition === undefined) continue;
    const { kind, bytes } = definition;
    if (kind === "message") addMessage(outer, fromBinary(DescriptorProtoSchema, bytes));
    else addEnum(outer, fromBinary(EnumDescriptorProtoSchema, bytes));
    return;
  }
}

function addMessage(name: string, proto: DescriptorProto): void {
  if (messages.has(name)) return;
  messages.set(name, new LoadedMessage(name, proto));
  for (const nested of proto.nestedType) addMessage(`${name}.${nested.name}`, nested);
  for (const nested of proto.enumType) addEnum(`${name}.${nested.name}`, nested);
}

function addEnum(name: string, proto: EnumDescriptorProto): void {
  const names = new Map<number, string>();
  const numbers = new Map<string, number>();
  for (const value of proto.value) {
    if (!names.has(value.number)) names.set(value.number, value.name);
    numbers.set(value.name.toUpperCase(), value.number);
  }
  enums.set(name, { name, names, numbers });
}

/** The message behind a map field: one key and one value. */
function mapEntry(name: string): DescriptorProto | undefined {
  if (!messages.has(name)) load(name);
  const proto = messages.get(name)?.proto;
  return proto?.options?.mapEntry ? proto : undefined;
}

class LoadedMessage implements MessageType {
  readonly name: string;
  readonly proto: DescriptorProto;
  #fields: Map<string, Field> | undefined;
  #camelCase: Map<string, Field> | undefined;
  #oneofs: Oneof[] | undefined;

  constructor(name: string, proto: DescriptorProto) {
    this.name = name;
    this.proto = proto;
  }

  get fields(): readonly Field[] {
    return [...this.#byName().values()];
  }

  get unchecked(): boolean {
    return messageIsUnchecked(this.proto.options);
  }

  /** Without the ones that the compiler makes up for `optional` fields. */
  get oneofs(): readonly Oneof[] {
    return (this.#oneofs ??= this.proto.oneofDecl
      .map((declaration, index) => ({
        name: declaration.name,
        members: this.proto.field.filter((field) => memberOf(field) === index).map((field) => field.name),
        required: oneofIsRequired(declaration.options),
      }))
      .filter((oneof) => oneof.members.length > 0));
  }

  field(name: string): Field | undefined {
    return this.#byName().get(name);
  }

  fieldOfKey(key: string): Field | undefined {
    this.#camelCase ??= new Map(this.fields.map((field) => [field.camelCase, field]));
    return this.field(key) ?? this.#camelCase.get(key);
  }

  #byName(): Map<string, Field> {
    return (this.#fields ??= new Map(
      this.proto.field.map((field) => [field.name, fieldOf(field, this.proto)]),
    ));
  }
}

function fieldOf(proto: FieldDescriptorProto, owner: DescriptorProto): Field {
  const typeName = proto.typeName.slice(1);
  const kind = kindOf(proto.type);
  const entry = kind === "message" && isList(proto) ? mapEntry(typeName) : undefined;
  const oneof = memberOf(proto);
  return {
    name: proto.name,
    camelCase: proto.jsonName,
    kind,
    scalar: SCALARS[proto.type] ?? "string",
    typeName,
    repeated: isList(proto) && entry === undefined,
    mapKey: entry && fieldOf(entry.field[0]!, entry),
    mapValue: entry && fieldOf(entry.field[1]!, entry),
    explicit: kind === "message" || oneof !== undefined || proto.proto3Optional,
    oneof: oneof === undefined ? undefined : owner.oneofDecl[oneof]!.name,
    deprecated: proto.options?.deprecated ?? false,
    withdrawn: proto.options?.$unknown?.some(({ no }) => no === DISALLOWED_BY_DEFAULT) ?? false,
    rules: fieldRules(proto.options),
  };
}

/** The option `envoy.annotations.disallowed_by_default`. */
const DISALLOWED_BY_DEFAULT = 189_503_207;

function memberOf(field: FieldDescriptorProto): number | undefined {
  const inOneof = Object.hasOwn(field, "oneofIndex") && !field.proto3Optional;
  return inOneof ? field.oneofIndex : undefined;
}

function isList(field: FieldDescriptorProto): boolean {
  return field.label === FieldDescriptorProto_Label.REPEATED;
}

function kindOf(type: FieldDescriptorProto_Type): Field["kind"] {
  if (type === FieldDescriptorProto_Type.MESSAGE) return "message";
  return type === FieldDescriptorProto_Type.ENUM ? "enum" : "scalar";
}

const SCALARS: Partial<Record<FieldDescriptorProto_Type, ScalarType>> = {
  [FieldDescriptorProto_Type.STRING]: "string",
  [FieldDescriptorProto_Type.BOOL]: "bool",
  [FieldDescriptorProto_Type.BYTES]: "bytes",
  [FieldDescriptorProto_Type.DOUBLE]: "double",
  [FieldDescriptorProto_Type.FLOAT]: "float",
  [FieldDescriptorProto_Type.INT32]: "int32",
  [FieldDescriptorProto_Type.SINT32]: "int32",
  [FieldDescriptorProto_Type.SFIXED32]: "int32",
  [FieldDescriptorProto_Type.UINT32]: "uint32",
  [FieldDescriptorProto_Type.FIXED32]: "uint32",
  [FieldDescriptorProto_Type.INT64]: "int64",
  [FieldDescriptorProto_Type.SINT64]: "int64",
  [FieldDescriptorProto_Type.SFIXED64]: "int64",
  [FieldDescriptorProto_Type.UINT64]: "uint64",
  [FieldDescriptorProto_Type.FIXED64]: "uint64",
};
