import type { Json, Request } from "../../case.ts";
import type { Draw } from "../../draw.ts";

type Headers = Record<string, string | readonly string[]>;

/** Hash policies of a route, and requests with what these look at. */
export interface HashInput {
  readonly name: string;
  readonly policies: readonly Json[];
  readonly request: (draw: Draw) => Partial<Request>;
}

const KEY = { header: { header_name: "x-key" } };
const TENANT = { header: { header_name: "x-tenant" } };
const COOKIE = { cookie: { name: "session" } };
const QUERY = { query_parameter: { name: "user" } };
const TENANTS = ["acme", "globex", "t1", "t2", "t33"];

/** Values of keys: short, long, numeric, hexadecimal. */
function drawKey(draw: Draw): string {
  const kind = draw.pick(["user", "letter", "long", "number", "hex"]);
  if (kind === "user") return `user-${draw.whole(0, 99_999)}`;
  if (kind === "letter") return `${draw.pick([..."abcdef"])}-${draw.whole(0, 42)}`;
  if (kind === "long") return "k".repeat(draw.whole(1, 80));
  return kind === "number"
    ? String(draw.whole(0, 999))
    : draw.uint32().toString(16) + draw.uint32().toString(16);
}

function keyHeader(draw: Draw, probability: number): Headers {
  if (!draw.chance(probability)) return {};
  const value = drawKey(draw);
  return { "x-key": draw.chance(0.05) ? [value, drawKey(draw)] : value };
}

function tenantHeader(draw: Draw, probability: number): Headers {
  return draw.chance(probability) ? { "x-tenant": draw.pick(TENANTS) } : {};
}

/** One of the headers at least, so that the hash is not left to chance. */
function twoHeaders(draw: Draw): Partial<Request> {
  const headers = { ...keyHeader(draw, 0.75), ...tenantHeader(draw, 0.5) };
  return { headers: Object.keys(headers).length === 0 ? { "x-tenant": draw.pick(TENANTS) } : headers };
}

function cookieHeader(draw: Draw): Headers {
  const value = drawKey(draw);
  const forms = [`session=${value}`, `session="${value}"`, `a=b; session=${value}`, `session=${value}; z=1`];
  return { cookie: draw.pick([...forms, `session=${value}; session=other`, `xsession=1; session=${value}`]) };
}

function userQuery(draw: Draw): string {
  const value = drawKey(draw);
  return draw.pick([
    `/?user=${value}`,
    `/x?a=1&user=${value}`,
    `/?user=${value}&user=second`,
    `/?user=${value}&b`,
  ]);
}

function mixed(draw: Draw): Partial<Request> {
  const kind = draw.pick(["cookie", "query", "header", "query and header"]);
  if (kind === "cookie") return { headers: { ...cookieHeader(draw), ...keyHeader(draw, 0.3) } };
  const headers = kind === "query" ? {} : keyHeader(draw, 1);
  return { headers, path: kind === "header" ? "/" : userQuery(draw) };
}

const REGEX = { pattern: { regex: "^([^-]+)-.*$" }, substitution: "\\1" };

const INPUTS: readonly HashInput[] = [
  { name: "header", policies: [KEY], request: (draw) => ({ headers: keyHeader(draw, 1) }) },
  { name: "two headers", policies: [KEY, TENANT], request: twoHeaders },
  { name: "terminal", policies: [{ ...KEY, terminal: true }, TENANT], request: twoHeaders },
  { name: "cookie", policies: [COOKIE], request: (draw) => ({ headers: cookieHeader(draw) }) },
  { name: "query", policies: [QUERY], request: (draw) => ({ path: userQuery(draw) }) },
  {
    name: "regex",
    policies: [{ header: { header_name: "x-key", regex_rewrite: REGEX } }],
    request: (draw) => ({ headers: keyHeader(draw, 1) }),
  },
  { name: "mixed", policies: [{ ...COOKIE, terminal: true }, QUERY, KEY], request: mixed },
  {
    name: "path",
    policies: [{ header: { header_name: ":path" } }],
    request: (draw) => ({ path: userQuery(draw) }),
  },
  {
    name: "source address",
    policies: [{ connection_properties: { source_ip: true } }, { ...KEY }],
    request: (draw) => ({ headers: keyHeader(draw, 0.8) }),
  },
];

export function drawHashInput(draw: Draw): HashInput {
  return draw.pick(INPUTS);
}
