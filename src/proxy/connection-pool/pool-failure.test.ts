import { expect, it } from "vitest";
import { edgeBootstrap } from "../../../test/support/edge.ts";
import { runTestScenario } from "../../../test/support/run-scenario.ts";

const BOOTSTRAP = edgeBootstrap({
  action: "retry_policy: { retry_on: connect-failure }",
  cluster:
    "name: store, circuit_breakers: { thresholds: [ { retry_budget: { budget_percent: { value: 100 }, min_retry_concurrency: 0 } } ] }",
});

// Envoy 1.40, ConnPoolImplBase::purgePendingStreams: the pending stream is destroyed after it was told of its failure.
it("counts a stream as pending for a retry budget while its failed connection is dealt with", () => {
  const scenario = `
name: refused
duration: 1s
proxies: { edge: { config: edge.envoy.yaml } }
services: { store: { cluster: store } }
clients: { web: { to: edge, arrivals: { trace: one.jsonl } } }
faults: [ { at: 0s, service: store, down: true } ]
`;
  const run = runTestScenario({
    "scenario.yaml": scenario,
    "edge.envoy.yaml": BOOTSTRAP,
    "one.jsonl": '{"at_ms": 1, "path": "/", "authority": "a"}\n',
  });
  const stats = new Map(run.proxies[0]!.stats);
  expect(stats.get("cluster.store.upstream_rq_retry")).toBe(1);
  expect(stats.get("cluster.store.upstream_rq_retry_overflow")).toBeUndefined();
});
