import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Workplace } from "../support/command-line.ts";

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
  place.write("file", "");
});
afterAll(() => place.remove());

const workers = ["--vary", "services.checkout.workers=4,8"];
const commands = [
  { name: "compare", words: ["compare", "small.yaml", ...workers] },
  { name: "sweep", words: ["sweep", "small.yaml", ...workers] },
  { name: "tune", words: ["tune", "small.yaml", ...workers] },
];
const outputs = [[], ["--json"], ["--quiet"]];
const matrix = commands.flatMap((command) => outputs.map((output) => ({ ...command, output })));

/** A second after the program has begun to listen for an interrupt, it gets one. */
const interrupting = `data:text/javascript,import{isMainThread}from'node:worker_threads';
if(isMainThread)process.on('newListener',(name)=>{if(name==='SIGINT')setTimeout(()=>process.kill(process.pid,name),1000)})`;

// Those of `run` and `test` are in exit-codes.test.ts and test.long.ts.
describe.each(matrix)("the exit code of $name with $output", ({ words, output }) => {
  const few = [...words, "--replications", "2", ...output];

  test("is 4 when files cannot be written, and the result is told all the same", () => {
    const { code, stdout, stderr } = place.meshsim([...few, "--out", "file/below"]);
    expect([code, stderr.includes("file/below")]).toEqual([4, true]);
    expect(stdout.includes("workers")).toBe(output[0] !== "--quiet");
    expect(stdout).not.toContain("report.html");
  });

  test.skipIf(output[0] === "--quiet")("is 4 when standard output cannot be written", () => {
    const { code, stderr } = place.shell(`$MESHSIM ${few.join(" ")} --out full > /dev/full`);
    expect([code, stderr.includes("standard output")]).toEqual([4, true]);
  });

  test("is 130 after an interrupt", () => {
    const { code, stderr } = place.meshsim([...words, "--replications", "100000", ...output], {
      NODE_OPTIONS: `--import "${interrupting.replaceAll("\n", "")}"`,
    });
    expect(code).toBe(130);
    expect(stderr).not.toContain("fault of meshsim");
  });
});
