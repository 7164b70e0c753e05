import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { JsonObject } from "../decode/message.ts";
import { read } from "./test-kit.suite.ts";

/** Part of a listener or of a virtual host, and what `envoy --mode validate` of Envoy 1.40.0 said of it. */
interface Case {
  readonly about: string;
  readonly listener?: { readonly filter_chains: readonly JsonObject[] };
  readonly virtual_host?: JsonObject;
  readonly envoy: "accept" | "reject";
  readonly reason: string | null;
}

const TYPE = "type.googleapis.com/envoy.extensions.filters";

/** A bootstrap with one listener; every chain of it serves the same virtual host. */
function bootstrapOf({ listener = { filter_chains: [{}] }, virtual_host }: Case): JsonObject {
  const router = { name: "router", typed_config: { "@type": `${TYPE}.http.router.v3.Router` } };
  const manager = {
    name: "manager",
    typed_config: {
      "@type": `${TYPE}.network.http_connection_manager.v3.HttpConnectionManager`,
      stat_prefix: "in",
      route_config: { virtual_hosts: [{ name: "v", domains: ["*"], ...virtual_host }] },
      http_filters: [router],
    },
  };
  const filter_chains = listener.filter_chains.map((chain) => ({ ...chain, filters: [manager] }));
  const address = { socket_address: { address: "127.0.0.1", port_value: 10000 } };
  const load_assignment = { cluster_name: "c", endpoints: [] };
  return {
    static_resources: {
      listeners: [{ name: "in", address, ...listener, filter_chains } as JsonObject],
      clusters: [{ name: "c", type: "STATIC", load_assignment }],
    },
  };
}

const cases = readFileSync(new URL("test-data/routing-verdicts.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Case);

test.each(cases.map((one) => [one.about, one] as const))("%s", (_about, one) => {
  const { problems } = read(JSON.stringify(bootstrapOf(one)), "envoy.json");
  const errors = problems.filter(({ severity }) => severity === "error");
  expect(errors.length > 0, errors.map(({ message }) => message).join("; ")).toBe(one.envoy === "reject");
});
