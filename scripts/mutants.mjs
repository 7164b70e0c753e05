/**
 * Tries whether the properties of test/properties notice when a release, a decrement or a cancellation is
 * missing: removes them one at a time in a temporary copy of the project, and runs the properties there.
 *
 *     npm run mutants                 all of test/properties/mutants.json
 *     npm run mutants -- router 17    those whose file or number is named
 *     npm run mutants -- --jobs 2     so many at a time (1 by default)
 *
 * Exit code 1 when a mutant survives that is not known to be equivalent, or no longer applies.
 */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

/** A mutant that makes a run endless is noticed as well. */
const TIME_LIMIT_MS = 300_000;

const root = resolve(import.meta.dirname, "..");
const { values, positionals } = parseArgs({
  options: { jobs: { type: "string", default: "1" } },
  allowPositionals: true,
});

/** In `file`, `text` becomes `with` (nothing, if absent); where it stands several times, the `nth` counts. */
const table = JSON.parse(readFileSync(join(root, "test/properties/mutants.json"), "utf8"));
const chosen = table
  .map((mutant, index) => ({ ...mutant, number: index + 1 }))
  .filter(({ file, number }) => {
    return (
      positionals.length === 0 || positionals.some((word) => file.includes(word) || word === String(number))
    );
  });

/** Set by the first worker; the others wait for it. */
let unchanged;
const verdicts = [];
const waiting = [...chosen];
await Promise.all(Array.from({ length: Number(values.jobs) }, work));
const bad = verdicts.filter(({ isBad }) => isBad);
console.log(
  `${verdicts.length} mutants, ${bad.length} unnoticed${bad.map(({ line }) => `\n${line}`).join("")}`,
);
process.exitCode = bad.length > 0 ? 1 : 0;

/** Takes mutants from the list until it is empty, in a copy of its own. */
async function work() {
  const copy = mkdtempSync(join(tmpdir(), "meshsim-mutants-"));
  try {
    for (const name of ["src", "test", "package.json", "tsconfig.json"]) {
      cpSync(join(root, name), join(copy, name), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    await (unchanged ??= checkUnchanged(copy));
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift())
      await tryOne(copy, mutant);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** A verdict means nothing where the properties fail anyway. */
async function checkUnchanged(copy) {
  const { outcome, seconds } = await runProperties(copy);
  if (outcome !== "survived") throw new Error("the properties fail without any mutant");
  console.log(`     without a mutant the properties hold (${seconds} s)`);
}

async function tryOne(copy, mutant) {
  const path = join(copy, mutant.file);
  const original = readFileSync(path, "utf8");
  const mutated = replaceNth(original, mutant);
  if (mutated !== undefined) writeFileSync(path, mutated);
  const run = mutated === undefined ? { outcome: "does not apply", seconds: 0 } : await runProperties(copy);
  const { outcome, seconds, by } = run;
  writeFileSync(path, original);
  const isNoticed = outcome === "noticed" || outcome === "endless";
  const isBad = !isNoticed && !(mutant.equivalent && outcome === "survived");
  const note = isNoticed ? (by ?? "") : mutant.equivalent ? `equivalent: ${mutant.equivalent}` : "!!";
  const number = String(mutant.number).padStart(4);
  const line = `${number} ${outcome} (${seconds} s) ${mutant.file}: ${mutant.text.trim().replaceAll(/\s+/g, " ")}  ${note}`;
  console.log(line);
  verdicts.push({ isBad, line });
}

function replaceNth(source, { text, nth = 1, with: replacement = "" }) {
  let index = -1;
  for (let i = 0; i < nth; i++) {
    index = source.indexOf(text, index + 1);
    if (index < 0) return undefined;
  }
  return source.slice(0, index) + replacement + source.slice(index + text.length);
}

/** Runs the properties; they end at the first world in which any of them fails. */
function runProperties(copy) {
  const start = Date.now();
  return new Promise((done) => {
    const child = spawn(
      process.execPath,
      ["node_modules/vitest/vitest.mjs", "run", "test/properties", "--bail", "1", "--reporter", "json"],
      { cwd: copy, env: { ...process.env, MESHSIM_FIRST: "yes" }, detached: true },
    );
    let output = "";
    let isEndless = false;
    child.stdout.on("data", (data) => {
      output += data;
    });
    child.stderr.resume();
    const timer = setTimeout(() => {
      isEndless = true;
      process.kill(-child.pid, "SIGKILL");
    }, TIME_LIMIT_MS);
    child.on("close", (code) => {
      clearTimeout(timer);
      const seconds = Math.round((Date.now() - start) / 1000);
      const outcome = isEndless ? "endless" : code === 0 ? "survived" : "noticed";
      done({ outcome, seconds, by: firstFailure(output) });
    });
  });
}

/** What was found, in a few words. */
function firstFailure(output) {
  try {
    const tests = JSON.parse(output.slice(output.indexOf("{"))).testResults.flatMap(
      ({ assertionResults }) => assertionResults,
    );
    const failed = tests.find(({ status }) => status === "failed");
    return failed?.failureMessages[0].split("\n")[0].slice(0, 100);
  } catch {
    return undefined;
  }
}
