// npm run bench: the kernel and the whole product beside a plain C++ engine and SimPy, on the workloads of
// README.md.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { benchLoadBalancing } from "./load-balancing.mjs";
import { peersIn } from "./peers.mjs";
import { isWrong, printTable, rowsOf } from "./table.mjs";
import { QUICK_DIVISORS, WORKLOADS } from "./workload-table.mjs";

const USAGE = `node bench/run.mjs [options]
  --rounds N           after one that is not counted; default 5
  --workloads LIST     of ${Object.keys(WORKLOADS).join(",")}; default all
  --peers LIST         of cpp-pq,simpy,kernel,product,everything; default all
  --pending N          events pending in timers and cancel
  --no-policies        without picks a second of the balancing policies
  --quick              3 rounds, less of what is slow: a first impression
  --product COMMAND    in place of node dist/cli/main.js
  --cache DIR          where peers are built and installed; default in the temporary directory`;

const OPTIONS = {
  rounds: { type: "string" },
  workloads: { type: "string", default: Object.keys(WORKLOADS).join(",") },
  peers: { type: "string", default: "cpp-pq,simpy,kernel,product,everything" },
  pending: { type: "string" },
  quick: { type: "boolean", default: false },
  "no-policies": { type: "boolean", default: false },
  product: { type: "string" },
  cache: { type: "string", default: join(tmpdir(), "meshsim-bench") },
  help: { type: "boolean", default: false },
};

function main() {
  const { values: options } = parseArgs({ options: OPTIONS });
  if (options.help) return console.log(USAGE);
  const peers = readyPeers(options.peers.split(","), peersIn(options.cache, options.product));
  const rounds = Number(options.rounds ?? (options.quick ? 3 : 5));
  for (const name of options.workloads.split(",")) {
    if (WORKLOADS[name] === undefined) throw new Error(`no workload ${name}\n${USAGE}`);
    const workload = { ...WORKLOADS[name] };
    if (workload.pending !== undefined && options.pending) workload.pending = Number(options.pending);
    compare(name, workload, peers, rounds, options.quick ? QUICK_DIVISORS : {});
  }
  if (!options["no-policies"]) benchLoadBalancing();
}

/** Those of the named peers that can run here; what cannot is said and left out. */
function readyPeers(names, all) {
  const ready = new Map();
  for (const name of names) {
    if (all[name] === undefined) throw new Error(`no peer ${name}\n${USAGE}`);
    const failure = all[name].prepare();
    if (failure === undefined) ready.set(name, all[name]);
    else console.error(`without ${name}: ${failure}`);
  }
  return ready;
}

/**
 * One round that only warms up, then the others; every other round in the opposite order, all with one seed a
 * round.
 */
function compare(name, workload, peers, roundCount, divisors) {
  const names = [...peers.keys()].filter((peer) => workload.sizes[peer] !== undefined);
  const rounds = [];
  for (let round = -1; round < roundCount; round++) {
    const seed = 100 + Math.max(0, round);
    const results = {};
    for (const peer of round % 2 === 0 ? names : names.toReversed()) {
      const size = Math.round(workload.sizes[peer] / (divisors[peer] ?? 1));
      results[peer] = peers.get(peer).run({ workload: name, size, seed, pending: workload.pending ?? 0 });
    }
    if (round >= 0) rounds.push(results);
  }
  const rows = rowsOf(workload, names, rounds);
  printTable(workload, rows, roundCount);
  if (rows.some(isWrong)) process.exitCode = 1;
}

try {
  main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}
