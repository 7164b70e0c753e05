import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { type Files, type LoadedScenario, loadScenario } from "../../src/experiment/load-scenario.ts";
import { simulate, variantOf } from "../../src/experiment/simulate.ts";
import { permuteEntry, permuteScenario } from "./permute.ts";

// On a busy machine the default of five seconds is not enough.
vi.setConfig({ testTimeout: 120_000 });

const folder = fileURLToPath(new URL("../../scenarios", import.meta.url));
const scenarios = readdirSync(folder).filter((name) => name.endsWith(".yaml"));

function load(
  path: string,
  change: (path: string, text: string) => string = (_, text) => text,
): LoadedScenario {
  const files: Files = {
    read: (name) => change(name, readFileSync(name, "utf8")),
    beside: (from, name) => join(dirname(from), name),
  };
  const { loaded, problems } = loadScenario(path, files);
  if (loaded === undefined) throw new Error(problems.map(({ message }) => message).join("\n"));
  return loaded;
}

/** Reverses the keys inside entries of the scenario and of Envoy's messages. */
function permuted(path: string, text: string): string {
  if (!/\.(ya?ml|json)$/.test(path)) return text;
  const value = parse(text);
  return JSON.stringify(dirname(path) === folder ? permuteScenario(value) : permuteEntry(value));
}

describe.each(scenarios)("%s", (name) => {
  const path = join(folder, name);
  const loaded = load(path);
  const other = load(path, permuted);
  const base = simulate(loaded);

  it("has the same outcome twice", () => {
    expect(simulate(load(path))).toEqual(base);
  });

  it("has it in base and variants with an access log, and with keys in another order", () => {
    for (const { variant } of loaded.variants) {
      const result = variant === null ? base : simulate(loaded, { variant });
      let lines = 0;
      expect(simulate(other, { variant, accessLog: () => void lines++ }), basename(path)).toEqual(result);
      const goesByProxy = variantOf(other, variant).plan.clients.some(({ isDirect }) => !isDirect);
      expect(lines > 0).toBe(goesByProxy);
    }
  });

  it("has another one with another seed", () => {
    const { digest } = simulate(
      load(path, (file, text) => (file === path ? text.replace(/^seed: .*/m, "seed: other") : text)),
    );
    expect(digest).not.toBe(base.digest);
  });
});
