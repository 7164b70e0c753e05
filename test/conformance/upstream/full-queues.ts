import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";

/** More than a queue of length 1 takes, under any kernel's way to count. */
const FILLING = 4;
/** In which connections on loopback are made, if they ever are. */
const FILL_MS = 200;

/** Ports that listen and never complete a connection. Returns what closes them. */
export async function openFullQueues(
  addresses: readonly { readonly host: string; readonly port: number }[],
): Promise<() => Promise<void>> {
  if (addresses.length === 0) return async () => {};
  const worker = new Worker(new URL("./full-queue.mjs", import.meta.url), {
    workerData: addresses,
    execArgv: [],
  });
  await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
  const sockets = addresses.flatMap((address) => Array.from({ length: FILLING }, () => fill(address)));
  await sleep(FILL_MS);
  return async () => {
    for (const socket of sockets) socket.destroy();
    await worker.terminate();
  };
}

function fill(address: { readonly host: string; readonly port: number }): Socket {
  return connect(address).on("error", () => {});
}
