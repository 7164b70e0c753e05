// node --expose-gc bench/heap.mjs [EARLY] [LATE]: does memory grow with the length of a run?
// Live heap in the middle of W3 after a forced collection, at one million and at ten million requests.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadScenario, simulate } from "../dist/index.js";

const SCENARIO = fileURLToPath(new URL("w3/w3.yaml", import.meta.url));
const REQUESTS_PER_SECOND = 5847;
const TARGET = 1.1;

const files = {
  read: (path) => readFileSync(path, "utf8"),
  beside: (path, name) => join(dirname(path), name),
};

/** Bytes alive, buffers outside the engine's heap included, when so many requests have ended. */
function liveBytesAt(counts) {
  // Poisson arrivals: a hundredth more time, so that the last count is surely reached.
  const duration = `${Math.ceil((1.01 * Math.max(...counts)) / REQUESTS_PER_SECOND)}s`;
  const { loaded, problems } = loadScenario(SCENARIO, files, { duration });
  if (loaded === undefined) throw new Error(JSON.stringify(problems));
  const bytes = [];
  let ended = 0;
  const accessLog = () => {
    if (!counts.includes(++ended)) return;
    globalThis.gc();
    const { heapUsed, external } = process.memoryUsage();
    bytes.push(heapUsed + external);
    console.log(
      `${ended.toLocaleString("en")} requests: ${((heapUsed + external) / 2 ** 20).toFixed(2)} MiB`,
    );
  };
  simulate(loaded, { accessLog });
  return bytes;
}

if (globalThis.gc === undefined) throw new Error("start node with --expose-gc");
const [early = 1e6, late = 1e7] = process.argv.slice(2).map(Number);
const [before, after] = liveBytesAt([early, late]);
const ratio = after / before;
console.log(`ratio ${ratio.toFixed(3)} (target: at most ${TARGET})`);
if (!(ratio <= TARGET)) process.exitCode = 1;
