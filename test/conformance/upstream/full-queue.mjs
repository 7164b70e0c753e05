// A worker thread that listens and then sleeps for ever: nobody accepts, so that the queue of connections fills up.
import { createServer } from "node:net";
import { parentPort, workerData } from "node:worker_threads";

let open = 0;
for (const { host, port } of workerData) {
  createServer().listen({ host, port, backlog: 1 }, () => {
    if (++open === workerData.length) sleep();
  });
}

function sleep() {
  parentPort.postMessage("listening");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
