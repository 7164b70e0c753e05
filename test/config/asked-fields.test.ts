import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { misreadFields } from "../../src/config/account.ts";
import { readBootstrap } from "../../src/config/bootstrap.ts";
import { Message, ReadLog } from "../../src/decode/message.ts";
import { Problems } from "../../src/decode/problem.ts";
import { SourceFile } from "../../src/decode/source-file.ts";
import { readProxyConfig } from "../../src/proxy/proxy-config.ts";
import { goldenCases } from "../golden/recordings.ts";

/** The policy extension has this field, the cluster's own message has not; one reader reads both. */
const OF_THE_EXTENSION = "envoy.config.cluster.v3.Cluster.LbSubsetConfig.allow_redundant_keys";

/** A misspelt name in a reader would only ever find the field's default. */
test("the fields that readers ask for are those that Envoy's messages have", () => {
  const misread = new Set<string>();
  for (const text of bootstraps()) {
    const problems = new Problems();
    const config = readBootstrap(new SourceFile("envoy.yaml", text), problems);
    if (config.snapshot === undefined || problems.hasErrors) continue;
    const log = new ReadLog();
    readProxyConfig(new Message(config.snapshot.bootstrap, "", log));
    for (const field of misreadFields(config, log)) misread.add(field);
  }
  expect([...misread].filter((field) => field !== OF_THE_EXTENSION)).toEqual([]);
});

/** Those of the recordings, those of which Envoy's verdict is known, and the ones that the scenarios use. */
function bootstraps(): string[] {
  const categories = [
    "routes",
    "retries",
    "filters",
    "outlier",
    "health_checks",
    "priority",
    "spread",
    "protocols",
  ];
  const recorded = categories.flatMap((category) =>
    goldenCases(category).map(({ read }) => read("envoy.yaml")),
  );
  const verdicts = new URL("../../src/config/test-data/verdicts.jsonl.gz", import.meta.url);
  const judged = gunzipSync(readFileSync(verdicts))
    .toString()
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { readonly text: string }).text);
  const scenarios = new URL("../../scenarios/", import.meta.url);
  const shipped = readdirSync(scenarios, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("envoy.yaml"))
    .map((file) => readFileSync(new URL(file, scenarios), "utf8"));
  expect(shipped.length).toBeGreaterThan(10);
  return [...recorded, ...judged, ...shipped];
}
