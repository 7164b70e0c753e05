import { z } from "zod";
import type { ReadFile } from "../files.ts";
import type { ClientSpec } from "../scenario.ts";
import { arrivalsSchema } from "./arrivals.ts";
import { flaw, type Read } from "./flaw.ts";
import { object, positiveDuration, readText, text } from "./leaf.ts";
import { requestsSchema } from "./request.ts";
import { zonesSchema } from "./world.ts";

export function clientSchema(readFile: ReadFile) {
  return object({
    to: text("the name of a proxy or a service"),
    listener: text("the name of a listener").optional(),
    protocol: z.enum(["http1", "http2"]).default("http1"),
    zone: zonesSchema(),
    arrivals: arrivalsSchema(readFile),
    request: requestsSchema().optional(),
    timeout: positiveDuration().optional(),
    success: readText('a condition such as "status < 500"', readSuccess).optional(),
  });
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
