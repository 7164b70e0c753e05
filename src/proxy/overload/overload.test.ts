import { describe, expect, test } from "vitest";
import { edgeBootstrap } from "../../../test/support/edge.ts";
import { loadTestScenario, type RunResult, runTestScenario } from "../../../test/support/run-scenario.ts";

const HEAP = "envoy.resource_monitors.fixed_heap";
const RESOURCE = "type.googleapis.com/envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig";

function files(actions: string, { fault = "pressure: 95%", protocol = "http1", rate = "50/s" } = {}) {
  const type = `"@type": ${RESOURCE}, max_heap_size_bytes: 1000000000`;
  const monitor = `{ name: ${HEAP}, typed_config: { ${type} } }`;
  const edge = edgeBootstrap({
    bootstrap: `overload_manager: { refresh_interval: 1s, resource_monitors: [ ${monitor} ], ${actions} }`,
  });
  const scenario = `
name: overload
duration: 20s
proxies: { edge: { config: edge.envoy.yaml, address: 10.1.0.1 } }
services: { api: { cluster: api, time: 10ms } }
clients: { web: { to: edge, protocol: ${protocol}, arrivals: { constant: ${rate} }, request: { path: / } } }
faults: [ { at: 4.5s, for: 10s, proxy: edge, ${fault.replace(/pressure: (\d+%)/, `pressure: { ${HEAP}: $1 }`)} } ]
`;
  return { "scenario.yaml": scenario, "edge.envoy.yaml": edge };
}

function run(actions: string, more: Parameters<typeof files>[1] = {}): RunResult {
  return runTestScenario(files(actions, more));
}

const action = (name: string, trigger: string) =>
  `actions: [ { name: envoy.overload_actions.${name}, triggers: [ { name: ${HEAP}, ${trigger} } ] } ]`;
const AT_90 = "threshold: { value: 0.9 }";
/** At 95 % its state is one half. */
const HALF = "scaled: { scaling_threshold: 0.9, saturation_threshold: 1 }";

function count({ clients }: RunResult, status: string): number {
  return new Map(clients[0]!.status).get(status) ?? 0;
}

function stat({ proxies }: RunResult, name: string): number {
  return new Map(proxies[0]!.stats).get(name) ?? 0;
}

/** Whether a count is within five standard deviations of half of all. */
function isAboutHalf(found: number, all: number): boolean {
  return Math.abs(found - all / 2) <= 2.5 * Math.sqrt(all);
}

describe("new requests", () => {
  test("are refused from the next look at the pressure to the first one after it", () => {
    const result = run(action("stop_accepting_requests", AT_90));
    // Pressure from 4.5 s to 14.5 s, seen at 5 s and gone at 15 s: ten seconds of 50 requests.
    expect(count(result, "503")).toBe(500);
    expect(count(result, "200")).toBe(500);
    expect(stat(result, "http.ingress.downstream_rq_overload_close")).toBe(500);
    expect(result.clients[0]!.flags).toEqual([]);
  });

  test("pass below the threshold", () => {
    const result = run(action("stop_accepting_requests", "threshold: { value: 0.96 }"));
    expect(count(result, "200")).toBe(1000);
  });

  test("are refused in part at a load shed point with a scaled trigger", () => {
    const point = "envoy.load_shed_points.http_connection_manager_decode_headers";
    const result = run(`loadshed_points: [ { name: ${point}, triggers: [ { name: ${HEAP}, ${HALF} } ] } ]`);
    expect(isAboutHalf(count(result, "503"), 500)).toBe(true);
    expect(stat(result, `overload.${point}.shed_load_count`)).toBe(count(result, "503"));
  });
});

describe("connections", () => {
  // Envoy 1.40, run: in state 0.5 48.5 % of 200 answers end their connection.
  test("end with an answer, by chance where the trigger is scaled", () => {
    const result = run(action("disable_http_keepalive", HALF));
    const ended = stat(result, "http.ingress.downstream_cx_overload_disable_keepalive");
    expect(isAboutHalf(ended, 500)).toBe(true);
    expect(count(result, "200")).toBe(1000);
    expect(stat(result, "http.ingress.downstream_cx_total")).toBe(ended + 1);
  });

  test("of HTTP/2 are drained", () => {
    const result = run(action("disable_http_keepalive", AT_90), { protocol: "http2" });
    expect(count(result, "200")).toBe(1000);
    expect(stat(result, "http.ingress.downstream_cx_total")).toBeGreaterThan(100);
  });

  test("are closed when they come", () => {
    const down = "pressure: 95% }, { at: 4s, for: 0.1s, proxy: edge, down: true";
    const result = run(action("reject_incoming_connections", AT_90), { fault: down });
    // Those open go on: only after the proxy has lost them are new ones wanted, and they come in time.
    expect(stat(result, "listener.0.0.0.0_8080.downstream_cx_overload_reject")).toBe(0);
    const late = run(action("reject_incoming_connections", AT_90), {
      fault: down.replace("at: 4s", "at: 6s"),
    });
    expect(stat(late, "listener.0.0.0.0_8080.downstream_cx_overload_reject")).toBeGreaterThan(400);
    expect(count(late, "200")).toBeLessThan(600);
  });

  test("wait while none are accepted, and what comes on them is answered afterwards", () => {
    const fault = "pressure: 95% }, { at: 6s, for: 0.1s, proxy: edge, down: true";
    const result = run(action("stop_accepting_connections", AT_90), { fault });
    // From 6.1 s to 15 s every request opens a connection of its own and waits.
    expect(count(result, "200")).toBeGreaterThan(990);
    expect(result.clients[0]!.latencyMs!.max).toBeGreaterThan(8850);
    // None longer than from 6 s on, and its own 10 ms.
    expect(result.clients[0]!.latencyMs!.max).toBeLessThan(9010);
  });
});

describe("the idle time of connections", () => {
  const timers = (least: string) =>
    `actions: [ { name: envoy.overload_actions.reduce_timeouts, triggers: [ { name: ${HEAP}, ${HALF} } ], typed_config: {
      "@type": type.googleapis.com/envoy.config.overload.v3.ScaleTimersOverloadActionConfig,
      timer_scale_factors: [ { timer: HTTP_DOWNSTREAM_CONNECTION_IDLE, ${least} } ] } } ]`;
  const idle = (result: RunResult) => stat(result, "http.ingress.downstream_cx_idle_timeout");

  test("is reduced as far as the state says, also where it runs already", () => {
    // An hour, of which in state 0.5 half remains above the least: more than an hour's half, and nothing ends.
    expect(idle(run(timers("min_timeout: 2s"), { rate: "0.2/s" }))).toBe(0);
    // In state 1 two seconds remain; requests come every five.
    const fault = "pressure: 100%";
    expect(idle(run(timers("min_timeout: 2s"), { rate: "0.2/s", fault }))).toBeGreaterThan(0);
    expect(idle(run(timers("min_scale: { value: 50 }"), { rate: "0.2/s", fault }))).toBe(0);
  });
});

test("the pressure and what acts on it can be seen", () => {
  const name = "envoy.overload_actions.stop_accepting_requests";
  const result = run(action("stop_accepting_requests", HALF), {
    fault: "pressure: 95% }, { at: 0s, proxy: edge, pressure: { envoy.resource_monitors.fixed_heap: 92% }",
  });
  expect(stat(result, `overload.${HEAP}.pressure`)).toBe(92);
  expect(stat(result, `overload.${name}.scale_percent`)).toBe(20);
  expect(stat(result, `overload.${name}.active`)).toBe(0);
});

test("pressure that nothing watches is an error", () => {
  const fault = "pressure: { envoy.resource_monitors.fixed_hep: 95% }";
  expect(() => loadTestScenario(files(action("stop_accepting_requests", AT_90), { fault }))).toThrow(
    'no resource monitor "envoy.resource_monitors.fixed_hep" (did you mean "envoy.resource_monitors.fixed_heap"?)',
  );
});
