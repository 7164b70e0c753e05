import { z } from "zod";
import type { ReadFile } from "../files.ts";
import type { ClientSpec } from "../scenario.ts";
import { arrivalsSchema } from "./arrivals.ts";
import { flaw, type Read } from "./flaw.ts";
import { list, object, positiveDuration, readText, text } from "./leaf.ts";
import { librarySchema } from "./library.ts";
import { requestsSchema } from "./request.ts";
import { readIp, zonesSchema } from "./world.ts";

export function clientSchema(readFile: ReadFile) {
  return object({
    to: text("the name of a proxy or a service"),
    listener: text("the name of a listener").optional(),
    protocol: z.enum(["http1", "http2", "tcp"]).default("http1"),
    tls: tlsSchema().optional(),
    address: readText("an address such as 10.9.0.1", readIp).optional(),
    zone: zonesSchema(),
    arrivals: arrivalsSchema(readFile),
    request: requestsSchema().optional(),
    timeout: positiveDuration().optional(),
    library: librarySchema().optional(),
    success: readText('a condition such as "status < 500"', readSuccess).optional(),
  });
}

/** Whether the client speaks TLS, and what it says of itself in it. */
function tlsSchema() {
  return z.union([
    z.boolean(),
    object({
      sni: text("a server name").optional(),
      alpn: list(text("the name of a protocol such as h2")).optional(),
      certificate: z.boolean().default(false),
    }),
  ]);
}

type Success = NonNullable<ClientSpec["success"]>;

/** `status < 500` */
function readSuccess(text: string): Read<Success> {
  const [, op, status] = /^\s*status\s*(<=|>=|==|!=|<|>)\s*(\d{3})\s*$/.exec(text) ?? [];
  if (op !== undefined) return { ok: true, value: { op: op as Success["op"], status: Number(status) } };
  return flaw("bad-condition", `"${text}" is not a condition on the status`, {
    remedy: 'write it like "status < 500"',
  });
}
