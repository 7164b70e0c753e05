import type { Connection } from "../../network/connection.ts";

/** Format commands that say something of a connection before anything has happened on it. */
const COMMANDS: ReadonlyMap<string, (connection: Connection) => string> = new Map([
  ["DOWNSTREAM_REMOTE_ADDRESS", ({ source }) => source],
  ["DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT", ({ source }) => withoutPort(source)],
  ["DOWNSTREAM_DIRECT_REMOTE_ADDRESS", ({ source }) => source],
  ["DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT", ({ source }) => withoutPort(source)],
  ["DOWNSTREAM_LOCAL_ADDRESS", ({ target }) => target],
  ["DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT", ({ target }) => withoutPort(target)],
  ["DOWNSTREAM_LOCAL_PORT", ({ target }) => target.slice(target.lastIndexOf(":") + 1)],
  ["REQUESTED_SERVER_NAME", ({ hello }) => hello?.serverName || "-"],
]);

/** A text, a command between `%`, or `%%` for one percent sign. */
const PART = /[^%]+|%%|%[A-Z_]+%/y;

/** Compiles a format (Envoy 1.40, substitution formatters); undefined: it has commands that are not simulated. */
export function compileConnectionText(format: string): ((connection: Connection) => string) | undefined {
  const parts: ((connection: Connection) => string)[] = [];
  for (let end = 0; end < format.length; end = PART.lastIndex) {
    PART.lastIndex = end;
    const part = PART.exec(format)?.[0];
    const made = part === undefined ? undefined : compilePart(part);
    if (made === undefined) return undefined;
    parts.push(made);
  }
  return (connection) => parts.map((part) => part(connection)).join("");
}

function compilePart(part: string): ((connection: Connection) => string) | undefined {
  if (part === "%%") return () => "%";
  return part.startsWith("%") ? COMMANDS.get(part.slice(1, -1)) : () => part;
}

function withoutPort(address: string): string {
  const ip = address.slice(0, address.lastIndexOf(":"));
  return ip.startsWith("[") ? ip.slice(1, -1) : ip;
}
