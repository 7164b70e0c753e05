import type { Message } from "../../decode/message.ts";

/** The text of a `core.v3.DataSource` that is given in the configuration itself; empty for other sources. */
export function inlineText(source: Message | undefined): string {
  switch (source?.which("inline_string", "inline_bytes")) {
    case "inline_string":
      return source.string("inline_string");
    case "inline_bytes":
      return new TextDecoder().decode(
        Uint8Array.from(atob(source.string("inline_bytes")), (c) => c.charCodeAt(0)),
      );
    default:
      return "";
  }
}

/** Envoy adds the request's own URL as `location` to direct responses with these statuses. */
export function hasOwnLocation(status: number): boolean {
  return status === 201 || (status >= 300 && status < 400);
}
