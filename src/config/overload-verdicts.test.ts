import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { JsonObject } from "../decode/message.ts";
import { read } from "./test-kit.suite.ts";

/** An overload manager, and what `envoy --mode validate` of Envoy 1.40.0 said of it. */
interface Case {
  readonly about: string;
  readonly overload_manager: JsonObject;
  readonly envoy: "accept" | "reject";
  readonly reason: string | null;
}

const cases = readFileSync(new URL("test-data/overload-verdicts.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Case);

test.each(cases.map((one) => [one.about, one] as const))("%s", (_about, one) => {
  const { problems } = read(JSON.stringify({ overload_manager: one.overload_manager }), "envoy.json");
  const errors = problems.filter(({ severity }) => severity === "error");
  const messages = errors.map(({ message }) => message).join("; ");
  expect(errors.length > 0, `${messages} | Envoy: ${one.reason}`).toBe(one.envoy === "reject");
});
