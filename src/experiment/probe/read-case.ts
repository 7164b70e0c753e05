import { z } from "zod";
import { MILLISECOND, type Nanoseconds, wholeNanoseconds } from "../../kernel/time.ts";
import type { ClientHello } from "../../network/client-hello.ts";
import type {
  ProbeCase,
  ProbeRequest,
  TcpRequest,
  UpstreamAction,
  UpstreamBehaviour,
  UpstreamScript,
} from "./probe-case.ts";

/** A case that cannot be run; the message begins with the file, and the line where there are several. */
export class ProbeError extends Error {}

/** Settled for at least this long before statistics are read. */
const LEAST_SETTLE: Nanoseconds = 30 * MILLISECOND;
/** Reading them takes a moment: what is due at the same instant has happened by then. */
const READING: Nanoseconds = 2 * MILLISECOND;
/** CANCEL-like default of a reset stream: INTERNAL_ERROR. */
const DEFAULT_HTTP2_ERROR = 2;

const LOOPBACK = "127.0.0.1";
/** A usual size. */
const CLIENT_HELLO_BYTES = 200;
const DEFAULT_LINE = "n=000000";
/** How long a client waits for the first bytes of an answer. */
const DEFAULT_READ_MS = 3000;

const milliseconds = z.number().min(0);
const bytes = z.number().int().min(0);

const behaviourSchema = z.strictObject({
  status: z.number().int().min(200).max(999).optional(),
  headers: z.record(z.string(), z.coerce.string()).optional(),
  body_bytes: bytes.optional(),
  delay_ms: milliseconds.optional(),
  hang: z.boolean().optional(),
  reset: z.enum(["before_headers", "after_headers", "after_data"]).optional(),
  reset_kind: z.enum(["fin", "rst"]).optional(),
  h2_error: z.number().int().min(0).optional(),
  garbage: z.boolean().optional(),
  grpc_status: z.union([z.number(), z.string()]).optional(),
  speaks_first: z.boolean().optional(),
});

const endpointSchema = z.strictObject({
  default: behaviourSchema.optional(),
  script: z.array(behaviourSchema).optional(),
  listen: z.boolean().optional(),
  accept_queue: z.literal("full").optional(),
  protocol: z.enum(["http1", "http2", "tcp"]).optional(),
  mirror: z.boolean().optional(),
  health: z
    .strictObject({ default: behaviourSchema.optional(), script: z.array(behaviourSchema).optional() })
    .optional(),
});

const requestSchema = z.strictObject({
  n: z.number().int().min(0),
  at_ms: milliseconds.nullish(),
  method: z.string().min(1).optional(),
  authority: z.string().optional(),
  path: z.string().optional(),
  headers: z
    .record(z.string(), z.union([z.string(), z.number(), z.array(z.union([z.string(), z.number()]))]))
    .optional(),
  body_bytes: bytes.optional(),
  protocol: z.string().optional(),
  port: z.number().int().min(1).max(65535).optional(),
  source: z.string().optional(),
  hold_ms: milliseconds.optional(),
  read_ms: milliseconds.optional(),
  send: z.boolean().optional(),
  text: z.string().optional(),
  proxy: z.string().optional(),
  tls: z.strictObject({ sni: z.string().nullish(), alpn: z.array(z.string()).nullish() }).optional(),
});

const caseSchema = z.object({
  mode: z.enum(["sequential", "concurrent"]),
  protocol: z.string().optional(),
  gap_ms: milliseconds.optional(),
  settle_ms: milliseconds.optional(),
  also_recorded: z.array(z.string()).optional(),
  upstream_headers: z.array(z.string()).optional(),
});

/** Reads a case; `read` gives the text of one of its files. Throws a ProbeError. */
export function readCase(read: (name: string) => string): ProbeCase {
  const described = parse(caseSchema, readJson(read("case.json"), "case.json"), "case.json");
  const { protocol } = described;
  if (protocol !== undefined && protocol !== "tcp") throw notSimulated("case.json", protocol);
  const endpoints = parse(
    z.record(z.string(), z.looseObject({})),
    readJson(read("upstreams.json"), "upstreams.json"),
    "upstreams.json",
  );
  return {
    mode: described.mode,
    gap: duration(described.gap_ms ?? 0),
    settle: Math.max(LEAST_SETTLE, duration(described.settle_ms ?? 0)) + READING,
    requests: readRequests(read("requests.jsonl"), described.mode, protocol),
    upstreams: Object.entries(endpoints).map(([address, endpoint]) => readEndpoint(address, endpoint)),
    alsoRecorded: described.also_recorded,
    upstreamHeaders: (described.upstream_headers ?? []).map((name) => name.toLowerCase()),
  };
}

function readEndpoint(address: string, json: { readonly protocol?: unknown }): UpstreamScript {
  const where = `upstreams.json: ${address}`;
  const { protocol } = json;
  if (protocol === "redis") throw notSimulated(where, protocol);
  const endpoint = parse(endpointSchema, json, where);
  const listens = endpoint.listen ?? true;
  return {
    address,
    script: (endpoint.script ?? []).map(behaviourOf),
    otherwise: behaviourOf(endpoint.default ?? {}),
    health: {
      script: (endpoint.health?.script ?? []).map(behaviourOf),
      otherwise: behaviourOf(endpoint.health?.default ?? {}),
    },
    accepts: !listens ? "refuse" : endpoint.accept_queue === "full" ? "ignore" : "accept",
    isMirror: endpoint.mirror ?? false,
  };
}

function behaviourOf(json: z.infer<typeof behaviourSchema>): UpstreamBehaviour {
  const headers = new Map(
    Object.entries(json.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  if (json.grpc_status !== undefined) {
    headers.set("content-type", "application/grpc").set("grpc-status", String(json.grpc_status));
  }
  return {
    status: json.status ?? 200,
    headers,
    bodyBytes: json.body_bytes ?? 0,
    delay: duration(json.delay_ms ?? 0),
    does: actionOf(json),
    http2Error: json.h2_error ?? DEFAULT_HTTP2_ERROR,
    closing: json.reset_kind === "rst" ? "reset" : "closed",
    speaksFirst: json.speaks_first ?? false,
  };
}

function actionOf({ hang, reset, garbage }: z.infer<typeof behaviourSchema>): UpstreamAction {
  if (hang === true) return "hang";
  if (garbage === true) return "garbage";
  if (reset === undefined) return "answer";
  return reset === "after_headers" ? "break-off" : "reset";
}

function readRequests(text: string, mode: ProbeCase["mode"], protocol: string | undefined): ProbeRequest[] {
  const requests: ProbeRequest[] = [];
  text.split("\n").forEach((line, index) => {
    if (line.trim() !== "") requests.push(readRequest(line, `requests.jsonl:${index + 1}`, mode, protocol));
  });
  const isHttp = requests[0]?.tcp === null;
  const other = requests.find(({ tcp }) => (tcp === null) !== isHttp);
  if (other !== undefined)
    throw new ProbeError(`requests.jsonl: n ${other.n} is of another protocol than the first request`);
  if (requests.length === 0) throw new ProbeError("requests.jsonl: there is no request");
  return requests;
}

function readRequest(
  line: string,
  where: string,
  mode: ProbeCase["mode"],
  ofCase: string | undefined,
): ProbeRequest {
  const json = parse(requestSchema, readJson(line, where), where);
  const protocol = json.protocol ?? ofCase;
  if (protocol !== undefined && protocol !== "tcp") throw notSimulated(where, protocol);
  if (mode === "concurrent" && json.at_ms == null) throw new ProbeError(`${where}: at_ms is missing`);
  const headers = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(json.headers ?? {}))
    headers.set(name.toLowerCase(), [value].flat().map(String));
  return {
    n: json.n,
    at: duration(json.at_ms ?? 0),
    method: json.method ?? "GET",
    authority: json.authority ?? "",
    path: json.path ?? "/",
    headers: headers.set("x-case-n", [String(json.n)]),
    bodyBytes: protocol === "tcp" ? lineBytes(json) : (json.body_bytes ?? 0),
    tcp: protocol === "tcp" ? tcpOf(json) : null,
  };
}

function readJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProbeError(`${where}: this is not JSON`);
  }
}

function parse<Schema extends z.ZodType>(schema: Schema, json: unknown, where: string): z.infer<Schema> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new ProbeError(
    path.length === 0 ? `${where}: ${message}` : `${where}: ${path.join(".")}: ${message}`,
  );
}

function notSimulated(where: string, protocol: string): ProbeError {
  return new ProbeError(`${where}: protocol "${protocol}" is not simulated`);
}

/** Without a text of its own a line is `n=` with six digits. */
function lineBytes({ send, text, tls }: z.infer<typeof requestSchema>): number {
  if (tls !== undefined) return CLIENT_HELLO_BYTES;
  return send === false ? 0 : (text?.length ?? DEFAULT_LINE.length) + 1;
}

function tcpOf(json: z.infer<typeof requestSchema>): TcpRequest {
  const { port, source, hold_ms, read_ms, proxy, tls } = json;
  return {
    port,
    source: source ?? LOOPBACK,
    proxyHeader: proxy ?? null,
    hello: tls === undefined ? null : helloOf(tls),
    hold: duration(hold_ms ?? 0),
    patience: duration(read_ms ?? DEFAULT_READ_MS),
  };
}

function helloOf({ sni, alpn }: NonNullable<z.infer<typeof requestSchema>["tls"]>): ClientHello {
  return {
    serverName: (sni ?? "").toLowerCase(),
    applicationProtocols: alpn ?? [],
    hasCertificate: false,
    isOptional: false,
  };
}

function duration(ms: number): Nanoseconds {
  return wholeNanoseconds(ms * MILLISECOND);
}
