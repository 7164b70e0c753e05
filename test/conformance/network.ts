import { createServer, type Server } from "node:net";
import type { Place } from "./case.ts";

const UPSTREAM_PORT = 8080;
const ADMIN_PORT = 9901;
const FIRST_LISTENER_PORT = 10_000;
/** Held as long as a run uses its network. */
const LOCK_PORT = 9900;
/** Second octets: away from what people use by hand. */
const FIRST_NETWORK = 100;
const LAST_NETWORK = 250;

/** A part 127.x.0.0/16 of loopback that this run has for itself: other runs take other parts. */
export interface LoopbackNetwork {
  readonly octet: number;
  release(): void;
}

/** Takes the first part that is free. Throws an Error where there is none. */
export async function claimNetwork(): Promise<LoopbackNetwork> {
  for (let octet = FIRST_NETWORK; octet <= LAST_NETWORK; octet++) {
    const lock = await listen(`127.${octet}.0.1`, LOCK_PORT);
    if (lock === undefined) continue;
    if (await areFree(octet)) return { octet, release: () => lock.close() };
    lock.close();
  }
  throw new Error(
    `no free part of loopback: each of 127.${FIRST_NETWORK}.0.1 to 127.${LAST_NETWORK}.0.1 is taken at port ` +
      `${LOCK_PORT}, ${ADMIN_PORT} or ${UPSTREAM_PORT}`,
  );
}

/** The third octet is the case's own, so that its addresses depend on its number only. */
export function placeOf({ octet }: LoopbackNetwork, kind: string, number: number): Place {
  const third = 1 + (number % MOST_CASES_OF_A_BATCH);
  return {
    name: `${kind}${number}`,
    listener: { address: `127.${octet}.0.1`, port: FIRST_LISTENER_PORT + third },
    admin: { address: `127.${octet}.0.1`, port: ADMIN_PORT },
    host: (host) => ({ address: `127.${octet}.${third}.${host}`, port: UPSTREAM_PORT }),
  };
}

/** Neighbouring cases up to this number have addresses of their own. */
export const MOST_CASES_OF_A_BATCH = 250;

/** What listens on a port of all addresses has it on these, too. */
async function areFree(octet: number): Promise<boolean> {
  for (const port of [ADMIN_PORT, UPSTREAM_PORT]) {
    const server = await listen(`127.${octet}.0.1`, port);
    if (server === undefined) return false;
    await new Promise((resolve) => server.close(resolve));
  }
  return true;
}

function listen(host: string, port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", () => resolve(undefined));
    server.listen({ host, port, exclusive: true }, () => resolve(server));
  });
}
