import type { Message } from "../../decode/message.ts";

/** Bytes of a `core.v3.DataSource` that is given in the configuration itself. */
export function inlineBytes(source: Message | undefined): number {
  switch (source?.which("inline_string", "inline_bytes")) {
    case "inline_string":
      return new TextEncoder().encode(source.string("inline_string")).length;
    case "inline_bytes": {
      const base64 = source.string("inline_bytes").replace(/=+$/, "");
      return Math.floor((base64.length * 3) / 4);
    }
    default:
      return 0;
  }
}

/** Envoy adds the request's own URL as `location` to direct responses with these statuses. */
export function hasOwnLocation(status: number): boolean {
  return status === 201 || (status >= 300 && status < 400);
}
