import type { FilteredConnection } from "./network-filter.ts";

/** Says something of a connection. */
export type ConnectionText = (of: FilteredConnection) => string;

/** Format commands that say something of a connection before anything has happened on it. */
const COMMANDS: ReadonlyMap<string, ConnectionText> = new Map<string, ConnectionText>([
  ["DOWNSTREAM_REMOTE_ADDRESS", (of) => remote(of)],
  ["DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT", (of) => withoutPort(remote(of))],
  ["DOWNSTREAM_DIRECT_REMOTE_ADDRESS", ({ connection }) => connection.source],
  ["DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT", ({ connection }) => withoutPort(connection.source)],
  ["DOWNSTREAM_LOCAL_ADDRESS", (of) => local(of)],
  ["DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT", (of) => withoutPort(local(of))],
  ["DOWNSTREAM_LOCAL_PORT", (of) => local(of).slice(local(of).lastIndexOf(":") + 1)],
  ["REQUESTED_SERVER_NAME", ({ serverName }) => serverName || "-"],
]);

/** A text, a command between `%`, or `%%` for one percent sign. */
const PART = /[^%]+|%%|%[A-Z_]+%/y;

/** Compiles a format (Envoy 1.40, substitution formatters); undefined: it has commands that are not simulated. */
export function compileConnectionText(format: string): ConnectionText | undefined {
  const parts: ConnectionText[] = [];
  for (let end = 0; end < format.length; end = PART.lastIndex) {
    PART.lastIndex = end;
    const part = PART.exec(format)?.[0];
    const made = part === undefined ? undefined : compilePart(part);
    if (made === undefined) return undefined;
    parts.push(made);
  }
  return (of) => parts.map((part) => part(of)).join("");
}

function compilePart(part: string): ConnectionText | undefined {
  if (part === "%%") return () => "%";
  return part.startsWith("%") ? COMMANDS.get(part.slice(1, -1)) : () => part;
}

function remote({ connection }: FilteredConnection): string {
  return (connection.restored ?? connection).source;
}

function local({ connection }: FilteredConnection): string {
  return (connection.restored ?? connection).target;
}

function withoutPort(address: string): string {
  const ip = address.slice(0, address.lastIndexOf(":"));
  return ip.startsWith("[") ? ip.slice(1, -1) : ip;
}
