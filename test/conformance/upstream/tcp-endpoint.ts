import { createServer, type Socket } from "node:net";
import type { Endpoint } from "../case.ts";
import { Script } from "./behaviour.ts";

/** A server that answers the first bytes of each connection with its own address. */
export function tcpEndpoint(address: string, endpoint: Endpoint) {
  const script = new Script(endpoint);
  return createServer({ noDelay: true, allowHalfOpen: false }, (socket) => {
    socket.on("error", () => {});
    if (endpoint.default?.speaks_first === true) {
      socket.write(`${address}\n`);
      socket.resume();
      return;
    }
    socket.once("data", () => {
      const { hang = false, delay_ms = 0, reset, reset_kind = "fin" } = script.next("", false);
      socket.resume();
      if (hang) return;
      const act = () => {
        if (reset === undefined) socket.write(`${address}\n`);
        else end(socket, reset_kind);
      };
      if (delay_ms === 0) act();
      else setTimeout(act, delay_ms);
    });
  });
}

function end(socket: Socket, kind: "fin" | "rst"): void {
  if (kind === "rst") socket.resetAndDestroy();
  else socket.end();
}
