// Runs the commands of README.md and says which of the lines that it shows are not in their output. `...` in an example
// stands for lines left out. Commands whose example is of a changed file, and those that install, are left out.
// Run it with: npm run readme

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const program = join(root, "dist/cli/main.js");

/** Fenced blocks in their order. */
function blocksOf(text) {
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language, body]) => ({ language, body }));
}

/** The first command of a block, on one line, without a comment. */
function commandOf(body) {
  const [line = ""] = body.replaceAll("\\\n", " ").split("\n");
  return line.replace(/\s#.*$/, "").replace("npm ci && ", "");
}

/** Examples: a block of shell followed by one of what it prints. */
function examplesOf(text) {
  const blocks = blocksOf(text);
  return blocks.flatMap(({ language, body }, index) => {
    const command = commandOf(blocks[index - 1]?.body ?? "");
    const isShown = language === "" && blocks[index - 1]?.language === "sh";
    return isShown && !command.startsWith("npx meshsim test ") ? [{ command, body }] : [];
  });
}

function missingLines({ command, body }, out) {
  const words = command.replace("npx meshsim", `"${process.execPath}" "${program}"`);
  const files = command.includes(" explain ") ? "" : ` --out ${out}`;
  const { stdout } = spawnSync("bash", ["-c", `${words} --no-color${files}`], {
    cwd: root,
    encoding: "utf8",
  });
  const printed = new Set(stdout.split("\n").map((line) => line.trimEnd()));
  return body
    .split("\n")
    .map((line) => line.trimEnd())
    .filter(
      (line) => !["", "..."].includes(line.trim()) && !line.startsWith("files   ") && !printed.has(line),
    );
}

const out = mkdtempSync(join(tmpdir(), "meshsim-readme-"));
try {
  for (const example of examplesOf(readFileSync(join(root, "README.md"), "utf8"))) {
    const missing = missingLines(example, out);
    console.log(`${missing.length === 0 ? "ok   " : "STALE"} ${example.command}`);
    for (const line of missing) console.log(`      not printed: ${line}`);
    if (missing.length > 0) process.exitCode = 1;
  }
} finally {
  rmSync(out, { recursive: true, force: true });
}
