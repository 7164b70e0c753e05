import { describe, expect, it } from "vitest";
import { runTestScenario } from "../../test/support/run-scenario.ts";

describe("a host whose speed changes while it serves", () => {
  /** One request at 5 ms that takes 10 ms of work, under these faults. */
  function latencyUnder(faults: string): number {
    const scenario = `
name: one
duration: 100ms
clients:
  web: { to: store, arrivals: { trace: one.jsonl } }
services:
  store: { time: 10ms }
faults:
${faults}`;
    const run = runTestScenario({
      "scenario.yaml": scenario,
      "one.jsonl": '{"at_ms": 5, "path": "/", "authority": "a"}\n',
    });
    return run.clients[0]!.latencyMs!.max;
  }

  it("does work that is no whole number of nanoseconds to its end", () => {
    // By 7.000001 ms a third of 2.000001 ms of work is done; the rest, 9.333333 ms, is done at full speed.
    const latency = latencyUnder("  - { at: 0s, for: 7000001ns, service: store, slow: 3 }");
    expect(latency).toBeCloseTo(2.000001 + 10 - 2.000001 / 3, 5);
  });

  it("ends work that is done at the very instant of a change", () => {
    // 10 ms of work at ten times the speed end at 6 ms, when the speed changes.
    expect(latencyUnder("  - { at: 0s, for: 6ms, service: store, slow: 0.1 }")).toBe(1);
    // 9.499999 ms of work are left at 5.500001 ms, which ten times the speed does in 949999.9 ns.
    const latency = latencyUnder("  - { at: 5500001ns, for: 950000ns, service: store, slow: 0.1 }");
    expect(latency).toBeCloseTo(1.450001, 6);
  });
});
