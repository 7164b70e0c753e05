import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Behaviour } from "../case.ts";
import { ANNOUNCED_BYTES, BREAK_OFF_MS, GARBAGE, headersOf, SENT_BEFORE_BREAK } from "./behaviour.ts";
import { type EndpointHandler, isCheck } from "./endpoint-handler.ts";

/** Statuses whose answers have no content-length. */
const WITHOUT_LENGTH = [204, 304];

/** A server of HTTP/1.1 that does what its handler's script says. */
export function http1Endpoint(handler: EndpointHandler) {
  const server = createServer({ keepAlive: true, noDelay: true }, (request, response) => {
    const behaviour = handler.receive({
      method: request.method ?? "",
      authority: request.headers.host ?? "",
      path: request.url ?? "",
      headers: joined(request),
      isCheck: isCheck(request.headers["user-agent"]),
    });
    request.on("error", () => {}).resume();
    request.on("end", () => handler.after(behaviour.delay_ms ?? 0, () => act(request, response, behaviour)));
  });
  // Connections stay open until Envoy closes them.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.on("clientError", (_error, socket) => socket.destroy());
  return server;
}

function act(request: IncomingMessage, response: ServerResponse, behaviour: Behaviour): void {
  const { socket } = request;
  if (behaviour.hang === true || socket.destroyed) return;
  if (behaviour.garbage === true) {
    socket.write(GARBAGE);
  } else if (behaviour.reset === "before_headers") {
    if (behaviour.reset_kind === "rst") socket.resetAndDestroy();
    else socket.destroy();
  } else if (behaviour.reset === "after_headers") {
    response.sendDate = false;
    response.writeHead(behaviour.status ?? 200, {
      ...headersOf(behaviour),
      "content-length": ANNOUNCED_BYTES,
    });
    response.write(SENT_BEFORE_BREAK);
    setTimeout(() => socket.destroy(), BREAK_OFF_MS);
  } else {
    answer(response, behaviour);
  }
}

function answer(response: ServerResponse, behaviour: Behaviour): void {
  const { status = 200, body_bytes = 0 } = behaviour;
  const length = WITHOUT_LENGTH.includes(status) ? {} : { "content-length": body_bytes };
  response.sendDate = false;
  response.writeHead(status, { ...headersOf(behaviour), ...length });
  response.end("x".repeat(body_bytes));
}

/** Repeated header lines, joined as Envoy's own header map shows them. */
function joined({ rawHeaders }: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    const value = rawHeaders[i + 1]!;
    headers[name] = name in headers ? `${headers[name]},${value}` : value;
  }
  return headers;
}
