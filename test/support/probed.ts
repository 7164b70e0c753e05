import { expect } from "vitest";
import { probe } from "../../src/experiment/probe/probe.ts";
import { envoy } from "./world.ts";

/** Any JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** Requests through one proxy to scripted upstreams. */
export interface ProbedCase {
  readonly upstreams: Json;
  readonly route: Json;
  readonly cluster?: Json;
  /** Each at its `at_ms`, if they have one. */
  readonly requests?: readonly Json[];
  readonly change?: (bootstrap: Bootstrap) => void;
  /** More keys of the case's description. */
  readonly described?: Json;
}

export const A = "10.0.0.1:8080";
export const B = "10.0.0.2:8080";
export const GET = { n: 0, method: "GET", authority: "api.test:80", path: "/" };

// biome-ignore lint/suspicious/noExplicitAny: a bootstrap is any JSON.
export type Bootstrap = any;

/** The connection manager of a bootstrap. */
export function managerOf(bootstrap: Bootstrap): Bootstrap {
  return bootstrap.static_resources.listeners[0].filter_chains[0].filters[0].typed_config;
}

/** The second cluster, `other`, has the host B. */
export function addOther(bootstrap: Bootstrap): void {
  const other = structuredClone(bootstrap.static_resources.clusters[0]);
  other.name = "other";
  const { endpoint } = other.load_assignment.endpoints[0].lb_endpoints[0];
  endpoint.address.socket_address.address = "10.0.0.2";
  bootstrap.static_resources.clusters.push(other);
}

/** What a probe records of a case; by default of one request to an endpoint A. */
export function probed({ upstreams, route, cluster, requests, change, described }: ProbedCase) {
  const bootstrap = JSON.parse(envoy([A], cluster, route));
  change?.(bootstrap);
  const files = new Map([
    [
      "case.json",
      JSON.stringify({
        mode: requests?.[0]?.at_ms === undefined ? "sequential" : "concurrent",
        settle_ms: 2000,
        ...described,
      }),
    ],
    ["upstreams.json", JSON.stringify(upstreams)],
    ["requests.jsonl", (requests ?? [GET]).map((request) => JSON.stringify(request)).join("\n")],
    ["envoy.yaml", JSON.stringify(bootstrap)],
  ]);
  const result = probe((name) => files.get(name)!);
  if (result.kind === "failed") throw new Error(result.reason);
  expect(result.notSimulated).toEqual([]);
  const texts = new Map(result.files.map(({ name, text }) => [name, text]));
  const rows = (name: string): Json[] =>
    (texts.get(name) ?? "")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  const stats: Readonly<Record<string, number>> = JSON.parse(texts.get("stats.json")!);
  return {
    results: rows("results.jsonl"),
    mirrors: rows("mirrors.jsonl"),
    upstream: rows("upstream.jsonl"),
    stats,
  };
}
