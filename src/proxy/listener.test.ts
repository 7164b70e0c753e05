import { describe, expect, it } from "vitest";
import { edgeBootstrap } from "../../test/support/edge.ts";
import { runTestScenario } from "../../test/support/run-scenario.ts";

const BOOTSTRAP = edgeBootstrap({ cluster: "name: store" });

describe("a proxy that goes down", () => {
  it.each(["http1", "http2"])("forgets a request whose client has given it up, %s", (protocol) => {
    // The request comes in at 60 ms, the client gives up at 70 ms and is heard at 90 ms; the host ends at 200 ms.
    const scenario = `
name: gone
duration: 1s
network: { links: [ { from: "client:web", latency: 20ms }, { to: "client:web", latency: 20ms } ] }
proxies: { edge: { config: edge.envoy.yaml } }
services: { store: { cluster: store, time: 140ms } }
clients: { web: { to: edge, protocol: ${protocol}, arrivals: { trace: one.jsonl }, timeout: 70ms } }
faults: [ { at: 80ms, for: 5ms, proxy: edge, down: true } ]
`;
    const run = runTestScenario({
      "scenario.yaml": scenario,
      "edge.envoy.yaml": BOOTSTRAP,
      "one.jsonl": '{"at_ms": 0, "path": "/", "authority": "a"}\n',
    });
    const stats = new Map(run.proxies[0]!.stats);
    expect(stats.get("http.ingress.downstream_rq_total")).toBe(1);
    expect(stats.get("http.ingress.downstream_rq_rx_reset")).toBe(1);
    expect(stats.get("http.ingress.downstream_rq_completed")).toBeUndefined();
  });
});

// Envoy 1.40, ExactConnectionBalancerImpl; the real one was seen to deal 20 connections to two workers 10 to 10.
it("deals connections out evenly where the listener balances them exactly", () => {
  const scenario = `
name: even
duration: 1s
proxies: { edge: { config: edge.envoy.yaml, concurrency: 4 } }
services: { store: { cluster: store, time: 50ms } }
clients: { web: { to: edge, protocol: http1, arrivals: { trace: ten.jsonl } } }
`;
  const exact = edgeBootstrap({
    listener: "connection_balance_config: { exact_balance: {} }",
    cluster: "name: store",
  });
  const requests = Array.from({ length: 10 }, (_, i) => `{"at_ms": ${i}, "path": "/", "authority": "a"}\n`);
  const run = runTestScenario({
    "scenario.yaml": scenario,
    "edge.envoy.yaml": exact,
    "ten.jsonl": requests.join(""),
  });
  const stats = new Map(run.proxies[0]!.stats);
  const byWorker = [0, 1, 2, 3].map((i) =>
    stats.get(`listener.0.0.0.0_8080.worker_${i}.downstream_cx_total`),
  );
  expect(byWorker).toEqual([3, 3, 2, 2]);
});
