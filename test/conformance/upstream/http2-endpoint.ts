import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { Behaviour } from "../case.ts";
import { ANNOUNCED_BYTES, BREAK_OFF_MS, headersOf, SENT_BEFORE_BREAK } from "./behaviour.ts";
import { type EndpointHandler, isCheck } from "./endpoint-handler.ts";

/** A gRPC message, `HealthCheckResponse` that says SERVING. */
const SERVING = Buffer.from([0, 0, 0, 0, 2, 8, 1]);
/** RST_STREAM of an endpoint that names no error: INTERNAL_ERROR. */
const DEFAULT_ERROR = 2;

/** A server of HTTP/2 with prior knowledge that does what its handler's script says. */
export function http2Endpoint(handler: EndpointHandler) {
  const server = createServer();
  server.on("stream", (stream, headers) => {
    const behaviour = handler.receive({
      method: String(headers[":method"]),
      authority: String(headers[":authority"] ?? headers.host ?? ""),
      path: String(headers[":path"]),
      headers: joined(headers),
      isCheck: isCheck(headers["user-agent"]),
    });
    stream.on("error", () => {}).resume();
    stream.on("end", () => handler.after(behaviour.delay_ms ?? 0, () => act(stream, behaviour)));
  });
  server.on("session", (session) => session.on("error", () => {}));
  return server;
}

function act(stream: ServerHttp2Stream, behaviour: Behaviour): void {
  if (behaviour.hang === true || stream.destroyed) return;
  if (behaviour.reset === "before_headers") {
    stream.close(behaviour.h2_error ?? DEFAULT_ERROR);
    return;
  }
  const { status = 200, body_bytes = 0 } = behaviour;
  const headers = { ":status": status, ...headersOf(behaviour) };
  if (behaviour.reset === "after_headers") {
    stream.respond({ ...headers, "content-length": ANNOUNCED_BYTES });
    stream.write(SENT_BEFORE_BREAK);
    setTimeout(() => stream.session?.destroy(), BREAK_OFF_MS);
    return;
  }
  if (behaviour.grpc_status === undefined && behaviour.headers?.["content-type"] === "application/grpc") {
    stream.respond(headers, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" })).end(SERVING);
    return;
  }
  stream.respond(headers, { endStream: body_bytes === 0 });
  if (body_bytes > 0) stream.end("x".repeat(body_bytes));
}

function joined(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value].flat().join(",")] as const),
  );
}
