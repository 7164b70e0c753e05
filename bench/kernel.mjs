// The kernel alone, through its public surface: node bench/kernel.mjs WORKLOAD [N] [SEED] [PENDING]
// prints one line of JSON. Workloads: mm1 (W1), mesh (W3), timers (W4), cancel and cancel-vary (W5).
import { Simulator } from "../dist/kernel/simulator.js";
import { printLine } from "./measure.mjs";
import { cancel } from "./workloads/cancel.mjs";
import { mesh } from "./workloads/mesh.mjs";
import { mm1 } from "./workloads/queueing.mjs";
import { timers } from "./workloads/timers.mjs";

const workloads = {
  mm1: { run: mm1, size: 2e6 },
  mesh: { run: mesh, size: 1e6 },
  timers: { run: timers, size: 2e6 },
  cancel: { run: (...args) => cancel(...args, false), size: 2e6 },
  "cancel-vary": { run: (...args) => cancel(...args, true), size: 2e6 },
};

const [name = "mesh", size, seed = "1", pending = "100000"] = process.argv.slice(2);
const workload = workloads[name];
if (workload === undefined) {
  console.error(`unknown workload ${name}; there are: ${Object.keys(workloads).join(", ")}`);
  process.exit(2);
}
printLine(
  "kernel",
  name,
  workload.run(Simulator, Number(size || workload.size), Number(seed), Number(pending)),
);
