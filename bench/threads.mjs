// node bench/threads.mjs: what a second worker thread of `meshsim compare` gains, and whether it changes anything.
// Each pair runs the same comparison with --jobs 1 and --jobs 2, every other pair in the opposite order.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Product } from "./product.mjs";

const USAGE = `node bench/threads.mjs [options]
  --pairs N            default 5
  --replications N     of each of two variants; default 40, so that starting up matters little
  --duration TIME      of one replication of W3; default 20s, about 117,000 requests
  --product COMMAND    in place of node dist/cli/main.js`;

const OPTIONS = {
  pairs: { type: "string", default: "5" },
  replications: { type: "string", default: "40" },
  duration: { type: "string", default: "20s" },
  product: { type: "string" },
  help: { type: "boolean", default: false },
};
/** Throughput of two threads over that of one, in the best pair. */
const THROUGHPUT_TARGET = 1.8;
/** CPU time of a replication with two threads over that with one, in the same pair: at most. */
const CPU_TARGET = 1.1;
const SCENARIO = fileURLToPath(new URL("w3/w3.yaml", import.meta.url));

function main() {
  const { values: options } = parseArgs({ options: OPTIONS });
  if (options.help) return console.log(USAGE);
  const product = new Product(options.product);
  const failure = product.prepare();
  if (failure !== undefined) throw new Error(failure);
  // Once without being counted: files come from the disk's cache then.
  compare(product, 2, { ...options, replications: "2" });
  const pairs = Array.from({ length: Number(options.pairs) }, (_, i) => measurePair(product, i, options));
  const best = pairs.toSorted((a, b) => b.throughput - a.throughput)[0];
  console.log(
    `best: ${best.throughput.toFixed(3)} times the throughput (target: at least ${THROUGHPUT_TARGET}), ` +
      `${best.cpu.toFixed(3)} times the CPU of a replication (target: at most ${CPU_TARGET})`,
  );
  if (best.throughput < THROUGHPUT_TARGET || best.cpu > CPU_TARGET) process.exitCode = 1;
}

function measurePair(product, index, options) {
  const order = index % 2 === 0 ? [1, 2] : [2, 1];
  const runs = new Map(order.map((threads) => [threads, compare(product, threads, options)]));
  const [one, two] = [runs.get(1), runs.get(2)];
  if (one.output !== two.output) throw new Error("the comparison depends on the number of threads");
  const pair = { throughput: one.seconds / two.seconds, cpu: two.cpu / one.cpu };
  console.log(
    `pair ${index + 1}: one thread ${one.seconds.toFixed(1)} s, two ${two.seconds.toFixed(1)} s: ` +
      `throughput ${pair.throughput.toFixed(3)}, CPU of a replication ${pair.cpu.toFixed(3)}`,
  );
  return pair;
}

/** One comparison of two variants, of which an early request ends otherwise: the search for it takes one thread. In seconds. */
function compare(product, threads, { replications, duration }) {
  const { status, stdout, stderr, error } = product.shell("TIMEFORMAT='%3R %3U %3S'; time", [
    "compare",
    SCENARIO,
    ...["--vary", "services.hosts.errors.503=2%", "--set", "warmup=2s", "--duration", duration],
    ...["--replications", replications, "--jobs", String(threads), "--json", "--quiet"],
  ]);
  // 1 says that an expectation failed.
  if (status !== 0 && status !== 1) throw new Error(`the product failed: ${error ?? stderr.trim()}`);
  const [seconds, user, system] = stderr.trim().split("\n").at(-1).split(" ").map(Number);
  return { output: stdout, seconds, cpu: user + system };
}

try {
  main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}
