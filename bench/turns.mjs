// node bench/turns.mjs [--turns N] [DIST@]SCENARIO...: scenarios beside each other on a machine that has other work too.
// Each has a process of its own, and they take turns of three virtual seconds, so that a slow moment of the machine slows all
// of them down. The first is what the others are compared with; DIST is another build, such as that of an earlier commit.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const TURN_SECONDS = 3;
/** Until everything is compiled. */
const WARM_TURNS = 12;

async function main() {
  const { values, positionals } = parseArgs({
    options: { turns: { type: "string", default: "60" } },
    allowPositionals: true,
  });
  const worlds = await Promise.all(positionals.map(start));
  for (let turn = -WARM_TURNS; turn < Number(values.turns); turn++) {
    for (const world of turn % 2 === 0 ? worlds : worlds.toReversed()) {
      const cost = await takeTurn(world);
      if (turn >= 0) world.costs.push(cost);
    }
  }
  for (const { name, process, costs } of worlds) {
    process.disconnect();
    const ratios = costs.map((cost, turn) => cost / worlds[0].costs[turn]);
    const [tenth, median, ratio] = [quantile(costs, 0.1), quantile(costs, 0.5), quantile(ratios, 0.5)];
    console.log(`${tenth.toFixed(2)} / ${median.toFixed(2)} ms  ratio ${ratio.toFixed(2)}  ${name}`);
  }
}

async function start(name) {
  const [scenario, dist = fileURLToPath(new URL("../dist", import.meta.url))] = name.split("@").toReversed();
  const process = fork(fileURLToPath(new URL("turn-taker.mjs", import.meta.url)), [dist, scenario]);
  await once(process, "message");
  return { name, process, costs: [] };
}

/** Milliseconds of CPU per virtual second of this turn. */
async function takeTurn({ process }) {
  process.send(TURN_SECONDS);
  const [cpuMs] = await once(process, "message");
  return cpuMs / TURN_SECONDS;
}

function quantile(values, q) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * q)];
}

console.log(
  "ms of CPU per virtual second: a tenth of the turns is below / half; median of the ratios to the first",
);
await main();
