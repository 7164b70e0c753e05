import { describe, expect, it } from "vitest";
import { envoy, run, type World } from "../../test/support/world.ts";

/** A proxy 10 ms away from a host that closes idle connections after 5 s. */
function serve(instants: readonly number[], { cluster = {}, route = {}, faults = [] as World[] } = {}) {
  const trace = instants.map((at) => JSON.stringify({ at_ms: at })).join("\n");
  const { proxies, clients } = run(
    {
      duration: "60s",
      proxies: { edge: { config: "edge.envoy.json" } },
      services: { api: { cluster: "api", idle_timeout: "5s" } },
      network: {
        links: [
          { from: "proxy:edge", to: "service:api", latency: "10ms" },
          { from: "service:api", latency: "10ms" },
        ],
      },
      clients: { web: { to: "edge", arrivals: { trace: "trace.jsonl" } } },
      faults,
    },
    {},
    { "trace.jsonl": trace, "edge.envoy.json": envoy(["10.0.0.1:8080"], cluster, route) },
  );
  const all = new Map(proxies[0]!.stats);
  return {
    of: (name: string) => all.get(`cluster.api.upstream_${name}`) ?? 0,
    status: new Map(clients[0]!.status),
    flags: new Map(clients[0]!.flags),
  };
}

// A request at 0 ms is at the host at 30 ms (set-up 20 ms) and answered at 31 ms; the host closes at 5031 ms.
describe("a host that closes idle connections", () => {
  it("closes after its timeout, and the proxy opens another", () => {
    const { of, status } = serve([0, 6000]);
    expect(of("cx_destroy_remote")).toBe(2);
    expect(of("cx_total")).toBe(2);
    expect(status.get("200")).toBe(2);
  });

  it.each([
    ["is under way while it closes", 5025],
    ["is sent before the proxy hears of it", 5040],
  ])("loses a request that %s: 503 UC", (_when, at) => {
    const { of, status, flags } = serve([0, at]);
    expect(status.get("503")).toBe(1);
    expect(flags.get("UC")).toBe(1);
    expect(of("cx_destroy_remote_with_active_rq")).toBe(1);
    expect(of("rq_total")).toBe(2);
  });

  it.each([5020.5, 5041.5])("loses none that comes before or after (%s ms)", (at) => {
    expect(serve([0, at]).status.get("200")).toBe(2);
  });

  it.each([
    ["reset", true],
    ["reset-before-request", false],
    ["connect-failure", false],
  ])("has it tried again by retry_on %s: %s", (retryOn, isRetried) => {
    const { of, status } = serve([0, 5030], { route: { retry_policy: { retry_on: retryOn } } });
    expect(of("rq_retry")).toBe(isRetried ? 1 : 0);
    expect(status.get("200")).toBe(isRetried ? 2 : 1);
  });

  it("loses none where the proxy closes earlier", () => {
    const cluster = { common_http_protocol_options: { idle_timeout: "4s" } };
    const { of, status } = serve([0, 5030], { cluster });
    expect(of("cx_idle_timeout")).toBe(2);
    expect(status.get("200")).toBe(2);
  });

  it("of HTTP/2 asks for no further requests first", () => {
    const { of, status } = serve([0, 5030], { cluster: { http2_protocol_options: {} } });
    expect(of("cx_close_notify")).toBe(1);
    expect(status.get("503")).toBe(1);
  });

  it("closes nothing while it is paused, and what is overdue afterwards", () => {
    const pause = { at: "4s", for: "6s", service: "api", pause: true };
    expect(serve([0, 5040], { faults: [pause] }).status.get("200")).toBe(2);
    const { of, status } = serve([0, 9995], { faults: [pause] });
    expect(of("cx_destroy_remote_with_active_rq")).toBe(1);
    expect(status.get("503")).toBe(1);
  });
});
