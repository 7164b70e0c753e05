import type { Http2Server } from "node:http2";
import type { Server, Socket } from "node:net";
import type { ConformanceCase, Endpoint } from "../case.ts";
import type { Received } from "./behaviour.ts";
import { EndpointHandler } from "./endpoint-handler.ts";
import { openFullQueues } from "./full-queues.ts";
import { http1Endpoint } from "./http1-endpoint.ts";
import { http2Endpoint } from "./http2-endpoint.ts";
import { tcpEndpoint } from "./tcp-endpoint.ts";

/** All scripted endpoints of some cases. */
export interface Upstreams {
  /** What the endpoints of a case have received, in the order of arrival. */
  readonly received: ReadonlyMap<ConformanceCase, readonly Received[]>;
  close(): Promise<void>;
}

/** Opens the endpoints of all cases. */
export async function openUpstreams(cases: readonly ConformanceCase[]): Promise<Upstreams> {
  const received = new Map<ConformanceCase, Received[]>(cases.map((one) => [one, []]));
  const endpoints = cases.flatMap((one) =>
    Object.entries(one.content.upstreams)
      .filter(([, endpoint]) => endpoint.listen !== false)
      .map(([address, endpoint]) => ({ address, endpoint, seen: received.get(one)! })),
  );
  const isFull = ({ endpoint }: { endpoint: Endpoint }) => endpoint.accept_queue === "full";
  const closeQueues = await openFullQueues(endpoints.filter(isFull).map(({ address }) => partsOf(address)));
  const servers = await Promise.all(
    endpoints
      .filter((one) => !isFull(one))
      .map(({ address, endpoint, seen }) =>
        open(address, endpoint, new EndpointHandler(address, endpoint, seen)),
      ),
  );
  return {
    received,
    close: async () => {
      await Promise.all(servers.map((close) => close()));
      await closeQueues();
    },
  };
}

async function open(address: string, endpoint: Endpoint, handler: EndpointHandler) {
  const server = serverOf(address, endpoint, handler);
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(partsOf(address), resolve);
  });
  return () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
}

function serverOf(address: string, endpoint: Endpoint, handler: EndpointHandler): Server | Http2Server {
  if (endpoint.protocol === "tcp") return tcpEndpoint(address, endpoint);
  return endpoint.protocol === "http2" ? http2Endpoint(handler) : http1Endpoint(handler);
}

function partsOf(address: string): { host: string; port: number } {
  const [host = "", port = ""] = address.split(":");
  return { host, port: Number(port) };
}
