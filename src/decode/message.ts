import { type Nanoseconds, SECOND } from "../kernel/time.ts";

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Which fields of which message have been read; what is set and never read is not modelled. */
export class ReadLog {
  readonly #fields = new WeakMap<JsonObject, Set<string>>();
  readonly #idle = new WeakSet<JsonObject>();

  /** Nothing in this message can have an effect: leaving it unread leaves nothing out. */
  noteIdle(message: JsonObject): void {
    this.#idle.add(message);
  }

  isIdle(message: JsonObject): boolean {
    return this.#idle.has(message);
  }

  note(message: JsonObject, field: string): void {
    const fields = this.#fields.get(message);
    if (fields === undefined) this.#fields.set(message, new Set([field]));
    else fields.add(field);
  }

  has(message: JsonObject, field: string): boolean {
    return this.#fields.get(message)?.has(field) ?? false;
  }

  /** The fields of this message that were asked for, set or not. */
  asked(message: JsonObject): Iterable<string> {
    return this.#fields.get(message) ?? [];
  }
}

/**
 * A view of one message of a valid Envoy configuration in the proto3 JSON form with proto field names: the
 * only way in which the proxy reads configuration. It notes each field that is asked for, so that
 * configuration that nobody reads can be reported.
 */
export class Message {
  readonly json: JsonObject;
  /** Path from the root, such as `static_resources.clusters[0]`. */
  readonly path: string;
  readonly #log: ReadLog;

  constructor(json: JsonObject, path: string, log: ReadLog) {
    this.json = json;
    this.path = path;
    this.#log = log;
  }

  /** The message type of an `Any`, without the URL before the last slash; empty for other messages. */
  get typeName(): string {
    const url = this.json["@type"];
    return typeof url === "string" ? url.slice(url.lastIndexOf("/") + 1) : "";
  }

  has(field: string): boolean {
    return this.#get(field) !== undefined;
  }

  /** The first of these fields that is set: the chosen member of a oneof. */
  which<Field extends string>(...fields: Field[]): Field | undefined {
    return fields.find((field) => this.has(field));
  }

  string(field: string, otherwise = ""): string {
    return (this.#get(field) as string | undefined) ?? otherwise;
  }

  /** A number, also a 64-bit one (a string in proto3 JSON), a wrapper or an enum given as a number. */
  number(field: string): number | undefined;
  number(field: string, otherwise: number): number;
  number(field: string, otherwise?: number): number | undefined {
    const value = this.#get(field);
    return value === undefined ? otherwise : Number(value);
  }

  boolean(field: string, otherwise = false): boolean {
    return (this.#get(field) as boolean | undefined) ?? otherwise;
  }

  /** An enum by name. */
  enum<Name extends string>(field: string, otherwise: Name): Name {
    return (this.#get(field) as Name | undefined) ?? otherwise;
  }

  duration(field: string): Nanoseconds | undefined;
  duration(field: string, otherwise: Nanoseconds): Nanoseconds;
  duration(field: string, otherwise?: Nanoseconds): Nanoseconds | undefined {
    const value = this.#get(field);
    return value === undefined ? otherwise : durationOf(value as string);
  }

  message(field: string): Message | undefined {
    const value = this.#get(field);
    return value === undefined ? undefined : this.#child(value, field);
  }

  messages(field: string): Message[] {
    const list = (this.#get(field) as readonly Json[] | undefined) ?? [];
    return list.map((value, index) => this.#child(value, `${field}[${index}]`));
  }

  strings(field: string): readonly string[] {
    return (this.#get(field) as readonly string[] | undefined) ?? [];
  }

  numbers(field: string): readonly number[] {
    return ((this.#get(field) as readonly Json[] | undefined) ?? []).map(Number);
  }

  /** A map whose values are messages. */
  entries(field: string): [key: string, value: Message][] {
    const map = (this.#get(field) as JsonObject | undefined) ?? {};
    return Object.entries(map).map(([key, value]) => [key, this.#child(value, `${field}.${key}`)]);
  }

  /** A free-form value such as metadata; everything below it counts as read. */
  raw(field: string): Json | undefined {
    return this.#get(field);
  }

  /** Says that nothing in it can have an effect, such as the options of what is switched off. */
  noteIdle(): void {
    this.#log.noteIdle(this.json);
  }

  #child(value: Json, step: string): Message {
    return new Message(value as JsonObject, this.path === "" ? step : `${this.path}.${step}`, this.#log);
  }

  #get(field: string): Json | undefined {
    this.#log.note(this.json, field);
    return this.json[field];
  }
}

/** A proto3 JSON duration such as `0.25s`. */
export function durationOf(text: string): Nanoseconds {
  const [, sign, whole, fraction] = /^(-?)(\d+)(?:\.(\d{1,9}))?s$/.exec(text) ?? failDuration(text);
  const nanoseconds = Number(whole) * SECOND + Number((fraction ?? "").padEnd(9, "0"));
  return sign === "-" ? -nanoseconds : nanoseconds;
}

function failDuration(text: string): never {
  throw new Error(`not a duration in proto3 JSON: ${text}`);
}
