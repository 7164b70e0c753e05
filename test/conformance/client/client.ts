import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { ConformanceCase, Request } from "../case.ts";

/** Of an answer, what responses.jsonl shows. */
const SHOWN_HEADERS = ["content-type", "grpc-status", "location"];
const SHOWN_BODY = 200;
/** No request of a case takes this long. */
const PATIENCE_MS = 30_000;

export interface Response {
  readonly n: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends the requests of a case as its mode says; resolves with the answers when the last has come. */
export async function sendRequests({ place, content }: ConformanceCase): Promise<Response[]> {
  const { mode, gapMs = 0 } = content;
  const requests = content.requests as readonly Request[];
  const isSequential = mode === "sequential";
  const agent = new Agent({ keepAlive: true, maxSockets: isSequential ? 1 : Number.POSITIVE_INFINITY });
  const send = (request: Request) => sendOne(agent, place.listener, request);
  const responses: Response[] = [];
  try {
    if (!isSequential)
      return await Promise.all(requests.map((one) => sleep(one.at_ms ?? 0).then(() => send(one))));
    for (const request of requests) {
      responses.push(await send(request));
      if (gapMs > 0) await sleep(gapMs);
    }
    return responses;
  } finally {
    agent.destroy();
  }
}

function sendOne(
  agent: Agent,
  { address, port }: { address: string; port: number },
  { n, method, authority, path, headers, body_bytes }: Request,
): Promise<Response> {
  return new Promise((resolve) => {
    const request = httpRequest({
      agent,
      host: address,
      port,
      method,
      path,
      headers: { ...headers, host: authority, "x-case-n": String(n), ...lengthOf(body_bytes) },
      timeout: PATIENCE_MS,
    });
    const nothing = () => resolve({ n, headers: {}, body: "" });
    request.on("timeout", () => request.destroy());
    request.on("error", nothing);
    request.on("response", (response) => void read(n, response).then(resolve));
    request.end("x".repeat(body_bytes));
  });
}

function lengthOf(bytes: number): Record<string, string> {
  return bytes === 0 ? {} : { "content-length": String(bytes) };
}

/** Resolves when the answer is complete or has broken off. */
function read(n: number, response: IncomingMessage): Promise<Response> {
  return new Promise((resolve) => {
    let body = "";
    response.setEncoding("latin1").on("data", (text: string) => {
      if (body.length < SHOWN_BODY) body += text;
    });
    const done = () => resolve({ n, headers: shown(response), body: body.slice(0, SHOWN_BODY) });
    response.on("end", done).on("error", done).on("close", done);
  });
}

function shown({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    SHOWN_HEADERS.filter((name) => headers[name] !== undefined).map((name) => [name, String(headers[name])]),
  );
}
