import type { Json, JsonObject, ReadLog } from "../decode/message.ts";
import type { Problem } from "../decode/problem.ts";
import { BOOTSTRAP, type ReadConfig } from "./bootstrap.ts";
import { type Field, type MessageType, messageType } from "./descriptors.ts";
import { type LeftOut, leftOut, type Owner } from "./left-out.ts";
import { fieldPath } from "./positions.ts";
import { anyType, walkMessages } from "./walk-messages.ts";
import { withoutEffect } from "./without-effect.ts";

/**
 * What is configured and nobody read, so that the simulation acts as if it were absent: one warning for each
 * topmost field or message, in the order of the configuration. What cannot change simulated traffic is left
 * out. An extension counts as modelled when its reader asked for at least one of its fields; one without
 * fields to read says so by asking for `@type`.
 */
export function unmodelled(config: ReadConfig, log: ReadLog): Problem[] {
  if (config.snapshot === undefined) return [];
  const account = new Account(config, log);
  account.message(config.snapshot.bootstrap, messageType(BOOTSTRAP)!, "");
  return account.problems;
}

/**
 * Fields that a reader asked for and Envoy's definitions do not have, as `envoy.config.cluster.v3.Cluster.lb_polcy`:
 * spelling errors in our own readers. For tests.
 */
export function misreadFields({ snapshot }: ReadConfig, log: ReadLog): string[] {
  const misread = new Set<string>();
  if (snapshot === undefined) return [];
  walkMessages(snapshot.bootstrap, BOOTSTRAP, "", {
    message(message, type) {
      for (const field of log.asked(message)) {
        if (field !== "@type" && type.field(field) === undefined) misread.add(`${type.name}.${field}`);
      }
    },
  });
  return [...misread].sort();
}

class Account {
  readonly problems: Problem[] = [];
  readonly #config: ReadConfig;
  readonly #log: ReadLog;

  constructor(config: ReadConfig, log: ReadLog) {
    this.#config = config;
    this.#log = log;
  }

  message(message: JsonObject, type: MessageType, path: string): void {
    const owner = { message, type: type.name };
    const ignored = withoutEffect[type.name] ?? [];
    for (const [name, value] of Object.entries(message)) {
      const field = type.field(name);
      if (field === undefined || ignored.includes(name)) continue;
      const at = fieldPath(path, name);
      if (!this.#log.has(message, name)) this.#report(at, leftOut(owner, name, value));
      else this.#inside(value, field, at, owner);
    }
  }

  /** A field that was read: what is in its messages may still be unread. */
  #inside(value: Json, field: Field, path: string, owner: Owner): void {
    if (field.mapValue !== undefined) {
      for (const [key, entry] of Object.entries(value as JsonObject))
        this.#inside(entry, field.mapValue, fieldPath(path, key), owner);
    } else if (field.kind === "message" && Array.isArray(value)) {
      for (const [index, item] of value.entries()) this.#one(item, field, `${path}[${index}]`, owner);
    } else if (field.kind === "message") this.#one(value, field, path, owner);
  }

  #one(value: Json, field: Field, path: string, owner: Owner): void {
    if (typeof value !== "object" || value === null) return;
    const message = value as JsonObject;
    if (this.#log.isIdle(message)) return;
    const any = field.typeName === "google.protobuf.Any";
    const type = messageType(any ? anyType(message) : field.typeName);
    if (type === undefined || type.name.startsWith("google.protobuf.")) return;
    const asked = !this.#log.asked(message)[Symbol.iterator]().next().done;
    if (asked) this.message(message, type, path);
    // A plain message that was taken whole counts as read; an extension that nobody opened does not.
    else if (any) this.#report(path, leftOut(owner, field.name, value));
  }

  #report(path: string, missing: LeftOut | undefined): void {
    if (missing === undefined) return;
    const { what, instead } = missing;
    this.problems.push({
      severity: "warning",
      code: "not-modelled",
      message: `${what} is not simulated`,
      remedy: instead,
      location: this.#config.locate(path),
      path,
    });
  }
}
