import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { read } from "./test-kit.suite.ts";

interface Case {
  readonly id: string;
  readonly about: string;
  readonly ext: string;
  readonly text: string;
  /** What `envoy --mode validate` of Envoy 1.40.0 answered. */
  readonly envoy: "accept" | "reject" | "varies";
  readonly reason: string | null;
}

/** Where we knowingly answer otherwise, and why. */
const OTHERWISE: Readonly<Record<string, string>> = {
  "dynamic-002": "whether files of the proxy's machine exist is not asked when a configuration is read",
  "dynamic-004": "whether files of the proxy's machine exist is not asked when a configuration is read",
  "dynamic-024": "a warning: Envoy takes the node's name from the command line as well",
  "dynamic-025": "a warning: Envoy takes the node's name from the command line as well",
};

const lines = gunzipSync(readFileSync(new URL("test-data/verdicts.jsonl.gz", import.meta.url)))
  .toString()
  .trim()
  .split("\n");
const cases = lines.map((line) => JSON.parse(line) as Case);

test("what Envoy 1.40 accepts and refuses, 469 bootstraps", () => {
  const judged = cases.filter(({ envoy }) => envoy !== "varies");
  const differing = judged.filter(({ id, ext, text, envoy }) => {
    const refused = read(text, `${id}.${ext}`).problems.some(({ severity }) => severity === "error");
    return refused !== (envoy === "reject");
  });
  expect(judged).toHaveLength(467);
  expect(differing.map(({ id }) => id)).toEqual(Object.keys(OTHERWISE));
});

test("every refusal has a place, a message and a known form of code", () => {
  for (const { id, ext, text } of cases) {
    for (const { code, message, location } of read(text, `${id}.${ext}`).problems) {
      expect(code, id).toMatch(/^[a-z]+(-[a-z0-9]+)*$/);
      expect(message, id).not.toMatch(/undefined|\[object/);
      expect(location.line, id).toBeGreaterThan(0);
    }
  }
});
