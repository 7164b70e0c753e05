import { z } from "zod";
import type { HeaderValueSpec } from "../scenario.ts";
import { describeValue } from "./describe-value.ts";
import { flaw, type Read } from "./flaw.ts";
import { bytes, count, leaf, list, number, object, readText, text } from "./leaf.ts";
import { weight } from "./weight.ts";

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export interface HeaderSpec {
  readonly name: string;
  readonly value: HeaderValueSpec;
}

/** What is asked for; one of several when it has a weight. */
export function requestSchema() {
  return object({
    weight: weight().default(1),
    method: readText("a method such as GET", readMethod).default("GET"),
    authority: text("a host name").optional(),
    path: readText("a path such as /cart", readPath).default("/"),
    headers: headersSchema().default([]),
    body: bytes().default(0),
  });
}

/** One request, or several of which each time one is drawn by weight. */
export function requestsSchema() {
  return z.union([requestSchema().transform((one) => [one]), list(requestSchema())]);
}

/** Headers sorted by name, so that their order in the file changes nothing. */
function headersSchema() {
  const drawn = object({ keys: count(1), zipf: number(0, true).default(0) });
  const value = z.union([headerText(), drawn, list(headerText())]);
  return z.record(z.string(), value).transform((record, context): HeaderSpec[] => {
    for (const name of Object.keys(record)) {
      const problem = checkHeaderName(name);
      if (problem === undefined) continue;
      context.addIssue({ code: "custom", path: [name], params: { flaw: problem, which: "key" } });
    }
    const names = Object.keys(record).sort((a, b) => (a < b ? -1 : 1));
    return names.flatMap((name) =>
      [record[name]!].flat().map((one) => ({ name: name.toLowerCase(), value: one })),
    );
  });
}

function headerText() {
  return leaf({ type: ["string", "number", "boolean"] }, (value): Read<string> => {
    if (typeof value === "string" || typeof value === "boolean") return { ok: true, value: String(value) };
    if (typeof value === "number") return { ok: true, value: String(value) };
    return flaw(
      "wrong-type",
      `${describeValue(value)}, but a header's value is wanted: a text, or { keys, zipf }`,
    );
  });
}

/** Why this cannot be a header's name, or undefined. */
export function checkHeaderName(name: string) {
  const lower = name.toLowerCase();
  const own = new Map([
    [":method", "method"],
    [":authority", "authority"],
    ["host", "authority"],
    [":path", "path"],
  ]).get(lower);
  if (own !== undefined)
    return flaw("out-of-range", `"${name}" is not given as a header`, { remedy: `write it as ${own}` });
  return TOKEN.test(name) ? undefined : flaw("out-of-range", `"${name}" cannot be the name of a header`);
}

export function readMethod(method: string): Read<string> {
  return TOKEN.test(method)
    ? { ok: true, value: method }
    : flaw("out-of-range", `"${method}" is not a method such as GET`);
}

export function readPath(path: string): Read<string> {
  if (/^[/*]\S*$/.test(path)) return { ok: true, value: path };
  const remedy = path.startsWith("http")
    ? "the host belongs into authority"
    : 'a path begins with "/" and has no spaces';
  return flaw("out-of-range", `"${path}" is not a path`, { remedy });
}
