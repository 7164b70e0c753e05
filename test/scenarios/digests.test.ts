import { expect, test } from "vitest";
import { simulate } from "../../src/experiment/simulate.ts";
import { loadShipped, shippedScenarios } from "../support/shipped-scenarios.ts";

const SEED = 7;

// The digest of a shipped scenario changes only when behaviour is meant to change, and the commit says so:
// `npx vitest run test/scenarios/digests -u` writes the new ones.
test("shipped scenarios have the digests that are written down", async () => {
  const lines = shippedScenarios.map(
    (name) => `${simulate(loadShipped(name, SEED).loaded!).digest}  ${name}\n`,
  );
  await expect(lines.join("")).toMatchFileSnapshot("digests.txt");
});
