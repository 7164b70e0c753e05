import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { ConformanceCase, Connect } from "../case.ts";
import { clientHello } from "./client-hello.ts";

const PATIENCE_MS = 3000;

/** How one connection was for its client. */
export interface Connected {
  readonly n: number;
  /** By which the log knows it. */
  readonly peer: string;
  readonly reply: string | { readonly closed: true } | { readonly no_reply: true };
  /** To the answer, the close or the end of patience. */
  readonly client_ms: number;
  /** Who has ended a connection that was held after its answer. */
  readonly closed_by: "client" | "proxy" | null;
  readonly closed_ms: number | null;
}

/** Opens the connections of a case as its mode says; resolves when the last has ended. */
export async function openConnections({ place, content }: ConformanceCase): Promise<Connected[]> {
  const requests = content.requests as readonly Connect[];
  const open = (request: Connect) => openOne(place.listener.address, request);
  if (content.mode === "concurrent")
    return Promise.all(requests.map((one) => sleep(one.at_ms ?? 0).then(() => open(one))));
  const done: Connected[] = [];
  for (const request of requests) {
    done.push(await open(request));
    if (content.gapMs !== undefined) await sleep(content.gapMs);
  }
  return done;
}

/** Sends what the request says, waits for the first bytes, holds the connection and closes it. */
function openOne(host: string, request: Connect): Promise<Connected> {
  const { n, port, source = "127.0.0.1", hold_ms = 0, read_ms = PATIENCE_MS } = request;
  return new Promise((resolve) => {
    const start = Date.now();
    let outcome: Pick<Connected, "reply" | "client_ms"> | undefined;
    let peer = "";
    const socket = connect({ host, port, localAddress: source, noDelay: true }, () => {
      peer = `${socket.localAddress}:${socket.localPort}`;
      socket.write(bytesOf(request));
    });
    const ended = (closed_by: Connected["closed_by"]) => {
      clearTimeout(patience);
      socket.removeAllListeners("close").destroy();
      const closed_ms = closed_by === null ? null : Date.now() - start;
      resolve({ n, peer, ...outcome!, closed_by, closed_ms });
    };
    const heard = (reply: Connected["reply"]) => {
      outcome = { reply, client_ms: Date.now() - start };
    };
    const patience = setTimeout(() => {
      heard({ no_reply: true });
      ended(null);
    }, read_ms);
    socket.on("error", () => {});
    socket.once("data", (data: Buffer) => {
      clearTimeout(patience);
      heard(data.toString("latin1").trim());
      if (hold_ms === 0) ended(null);
      else setTimeout(() => !socket.destroyed && ended("client"), hold_ms);
    });
    socket.on("end", () => socket.destroy());
    socket.on("close", () => {
      const hasAnswer = outcome !== undefined;
      if (!hasAnswer) heard({ closed: true });
      ended(hasAnswer ? "proxy" : null);
    });
  });
}

function bytesOf({ n, proxy, tls, send = true }: Connect): Buffer {
  const line = `n=${String(n).padStart(6, "0")}\n`;
  const text = tls === undefined ? Buffer.from(send ? line : "") : clientHello(tls);
  return Buffer.concat([Buffer.from(proxy === undefined ? "" : `${proxy}\r\n`), text]);
}
