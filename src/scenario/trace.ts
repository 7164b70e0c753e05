import type { Json, JsonObject } from "../decode/message.ts";
import { didYouMean } from "../decode/nearest.ts";
import { MILLISECOND, wholeNanoseconds } from "../kernel/time.ts";
import { openFile, type ReadFile } from "./files.ts";
import type { TracedRequest } from "./scenario.ts";
import { describeValue } from "./schema/describe-value.ts";
import { type Flaw, flaw, type Read } from "./schema/flaw.ts";
import { checkHeaderName, type HeaderSpec, readMethod, readPath } from "./schema/request.ts";

/** A line of a trace as far as it says it: what is undefined comes from the client's `request`. */
export interface TraceLine {
  readonly at: TracedRequest["at"];
  readonly method: string | undefined;
  readonly authority: string | undefined;
  readonly path: string | undefined;
  readonly headers: readonly HeaderSpec[] | undefined;
  readonly bodyBytes: number | undefined;
}

const fields = ["n", "at_ms", "method", "authority", "path", "headers", "body_bytes"];

/**
 * The requests of a file with one JSON object a line, such as
 * `{"at_ms": 12.5, "method": "GET", "authority": "shop.example", "path": "/cart", "headers": {"x-user": "7"}}`,
 * by time (those of one instant in the order of the file). The list under a header's name stands for repeated
 * header lines; `n` is not used.
 */
export function readTrace(readFile: ReadFile, path: string): Read<readonly TraceLine[]> {
  const opened = openFile(readFile, path);
  if (!opened.ok) return opened;
  const lines: TraceLine[] = [];
  let offset = 0;
  for (const text of opened.value.text.split("\n")) {
    if (text.trim() !== "") {
      const read = readLine(text);
      if (!read.ok) return { ...read, location: opened.value.locate(offset, offset + text.trimEnd().length) };
      lines.push(read.value);
    }
    offset += text.length + 1;
  }
  if (lines.length === 0) return flaw("empty-list", `the file "${path}" holds no requests`);
  return { ok: true, value: lines.sort((a, b) => a.at - b.at) };
}

function readLine(text: string): Read<TraceLine> {
  let json: Json;
  try {
    json = JSON.parse(text);
  } catch {
    return bad("this line is not JSON");
  }
  if (typeof json !== "object" || json === null || Array.isArray(json))
    return bad("this line is not a JSON object");
  const unknown = Object.keys(json).find((key) => !fields.includes(key));
  if (unknown !== undefined) return bad(`unknown field "${unknown}"${didYouMean(unknown, fields)}`);
  return readFields(json as JsonObject);
}

function readFields(json: JsonObject): Read<TraceLine> {
  const { at_ms: at, method, authority, path, headers, body_bytes: body } = json;
  if (typeof at !== "number" || !(at >= 0)) return wrong("at_ms", at, "a time in milliseconds, 0 or more");
  if (at * MILLISECOND > Number.MAX_SAFE_INTEGER) return bad(`at_ms: ${at} is later than 104 days`);
  const problem =
    checkText("method", method, readMethod) ??
    checkText("path", path, readPath) ??
    checkText("authority", authority);
  if (problem !== undefined) return problem;
  if (body !== undefined && !(typeof body === "number" && Number.isSafeInteger(body) && body >= 0)) {
    return wrong("body_bytes", body, "a whole number of bytes");
  }
  const read = readHeaders(headers);
  if (!read.ok) return read;
  return {
    ok: true,
    value: {
      at: wholeNanoseconds(at * MILLISECOND),
      method: method as string | undefined,
      authority: authority as string | undefined,
      path: path as string | undefined,
      headers: read.value,
      bodyBytes: body,
    },
  };
}

function checkText(
  field: string,
  value: Json | undefined,
  read?: (text: string) => Read<string>,
): Flaw | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string" || value === "") return wrong(field, value, "a text");
  const result = read?.(value);
  return result === undefined || result.ok ? undefined : bad(`${field}: ${result.message}`);
}

function readHeaders(headers: Json | undefined): Read<readonly HeaderSpec[] | undefined> {
  if (headers === undefined || headers === null) return { ok: true, value: undefined };
  if (typeof headers !== "object" || Array.isArray(headers)) return wrong("headers", headers, "an object");
  const specs: HeaderSpec[] = [];
  for (const [name, value] of Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const problem = checkHeaderName(name);
    if (problem !== undefined) return bad(`headers: ${problem.message}`);
    for (const one of [value as Json].flat() as Json[]) {
      if (typeof one === "object") return wrong(`headers["${name}"]`, one, "a text, or a list of texts");
      specs.push({ name: name.toLowerCase(), value: String(one) });
    }
  }
  return { ok: true, value: specs };
}

function wrong(field: string, value: Json | undefined, wanted: string): Flaw {
  if (value === undefined) return bad(`${field} is missing`);
  return bad(`${field}: ${describeValue(value)}, but ${wanted} is wanted`);
}

function bad(message: string): Flaw {
  return flaw("bad-line", message, {
    remedy: 'one JSON object a line, such as {"at_ms": 12.5, "method": "GET", "path": "/cart"}',
  });
}
