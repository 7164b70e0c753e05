import { describe, expect, it } from "vitest";
import { conformance } from "./conformance.ts";
import { readOptions } from "./options.ts";

async function run(...args: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const code = await conformance(args, {}, (line) => lines.push(line));
  return { code, text: lines.join("\n") };
}

const MISSING = ["--envoy", "/nowhere/envoy"];

describe("the conformance command", () => {
  it("exits with 5 where Envoy cannot be had, and with 0 if that may be skipped", async () => {
    expect(await run(...MISSING)).toEqual({
      code: 5,
      text: "No Envoy to compare with: /nowhere/envoy does not start.",
    });
    const skipped = await run(...MISSING, "--allow-skip");
    expect(skipped.code).toBe(0);
    expect(skipped.text).toContain("Skipped");
  });

  it.each([
    ["an unknown option", ["--nonsense"]],
    ["an unknown kind", ["--kinds", "routes,nonsense"]],
    ["no cases", ["--cases", "0"]],
    ["an empty seed", ["--seed", ""]],
    ["a case that cannot be", ["--only", "nonsense-1-1"]],
  ])("exits with 2 for %s", async (_what, args) => {
    const { code, text } = await run(...args);
    expect(code).toBe(2);
    expect(text).toContain("npm run conformance");
  });

  it("explains itself", async () => {
    expect(await run("--help")).toMatchObject({ code: 0 });
  });

  it("takes a case by the name that a run has given it", () => {
    expect(readOptions(["--only", "routes-my-seed-17"]).only).toEqual({
      kind: "routes",
      seed: "my-seed",
      number: 17,
    });
  });
});
