// One world of turns.mjs: runs it on by as many virtual seconds as each message says, and answers how many milliseconds of CPU that took.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [dist, scenario] = process.argv.slice(2);
const at = (path) => import(pathToFileURL(resolve(dist, path)));
const { loadScenario } = await at("experiment/load-scenario.js");
const { startRun } = await at("experiment/simulate.js");
const { nodeFiles } = await at("cli/node-files.js");

const { loaded, problems } = loadScenario(scenario, nodeFiles, { duration: "36000s" });
if (loaded === undefined) throw new Error(problems.map(({ message }) => message).join("\n"));
const run = startRun(loaded);
let until = 0;

process.on("message", (seconds) => {
  until += seconds * 1e9;
  const before = process.cpuUsage();
  run.advance(until);
  const { user, system } = process.cpuUsage(before);
  process.send((user + system) / 1000);
});
process.send("ready");
