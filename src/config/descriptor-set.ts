import { readFileSync } from "node:fs";
import { fromBinary } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { type FileDescriptorProto, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";

/** The encoded definition of a top-level message or enum. */
export interface Definition {
  readonly kind: "message" | "enum";
  readonly bytes: Uint8Array;
}

/** The definition of this full name, if it is a top-level one. */
export function definitionOf(name: string): Definition | undefined {
  return index().definitions.get(name);
}

/** The full names of all top-level messages, to suggest one for a misspelt `@type`. */
export function messageNames(): string[] {
  const all = [...index().definitions];
  return all.filter(([, definition]) => definition.kind === "message").map(([name]) => name);
}

/** One whole file of the set, such as `validate/validate.proto`; it must exist. */
export function descriptorFile(name: string): FileDescriptorProto {
  const bytes = index().files.get(name);
  if (bytes === undefined) throw new Error(`the descriptor set has no file ${name}`);
  return fromBinary(FileDescriptorProtoSchema, bytes);
}

interface Index {
  readonly files: Map<string, Uint8Array>;
  readonly definitions: Map<string, Definition>;
}

let loaded: Index | undefined;

/**
 * Only the names are read here (12 ms; decoding all of it takes 130 ms): a usual configuration needs a tenth
 * of the definitions.
 */
function index(): Index {
  if (loaded !== undefined) return loaded;
  loaded = { files: new Map(), definitions: new Map() };
  const bytes = readFileSync(new URL("descriptors/envoy-1.40.binpb", import.meta.url));
  for (const [field, file] of delimitedFields(bytes)) {
    if (field === SET_FILE) indexFile(file, loaded);
  }
  return loaded;
}

/** Field numbers of google.protobuf.FileDescriptorSet, FileDescriptorProto and the definitions in it. */
const SET_FILE = 1;
const FILE_NAME = 1;
const FILE_PACKAGE = 2;
const FILE_MESSAGE = 4;
const FILE_ENUM = 5;
const DEFINITION_NAME = 1;

function indexFile(bytes: Uint8Array, { files, definitions }: Index): void {
  const found: Definition[] = [];
  let prefix = "";
  for (const [field, content] of delimitedFields(bytes)) {
    if (field === FILE_NAME) files.set(textOf(content), bytes);
    if (field === FILE_PACKAGE) prefix = `${textOf(content)}.`;
    if (field === FILE_MESSAGE) found.push({ kind: "message", bytes: content });
    if (field === FILE_ENUM) found.push({ kind: "enum", bytes: content });
  }
  for (const definition of found) definitions.set(prefix + nameOf(definition.bytes), definition);
}

function nameOf(definition: Uint8Array): string {
  for (const [field, content] of delimitedFields(definition)) {
    if (field === DEFINITION_NAME) return textOf(content);
  }
  return "";
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** The wire type of texts, bytes and messages. */
const LENGTH_DELIMITED = 2;

function* delimitedFields(bytes: Uint8Array): Generator<[field: number, content: Uint8Array]> {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (wireType === LENGTH_DELIMITED) yield [field, reader.bytes()];
    else reader.skip(wireType, field);
  }
}
