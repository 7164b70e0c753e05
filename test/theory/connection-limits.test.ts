import { expect, it } from "vitest";
import { envoy, run, type World } from "../support/world.ts";

const LIMIT = "type.googleapis.com/envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit";
const MONITOR =
  "type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig";

/** The parts of a bootstrap that these tests change. */
interface Listener {
  ignore_global_conn_limit?: boolean;
  readonly filter_chains: readonly [{ readonly filters: unknown[] }];
}
interface Bootstrap {
  layered_runtime?: World;
  overload_manager?: World;
}

/** Three requests within 3 ms that take 100 ms each, and one afterwards. */
function serve(change: (bootstrap: Bootstrap, listener: Listener) => void) {
  const bootstrap = JSON.parse(envoy(["10.0.0.1:8080"]));
  change(bootstrap, bootstrap.static_resources.listeners[0]);
  const world: World = {
    duration: "10s",
    proxies: { edge: { config: "edge.envoy.json", concurrency: 2 } },
    services: { api: { cluster: "api", time: "100ms" } },
    clients: { web: { to: "edge", arrivals: { trace: "trace.jsonl" } } },
  };
  const trace = [1, 2, 3, 5000].map((at) => JSON.stringify({ at_ms: at })).join("\n");
  const files = { "trace.jsonl": trace, "edge.envoy.json": JSON.stringify(bootstrap) };
  const { proxies, clients } = run(world, {}, files);
  const stats = new Map(proxies[0]!.stats);
  return { of: (name: string) => stats.get(name) ?? 0, status: new Map(clients[0]!.status) };
}

function addFilter(listener: Listener, delay?: string): void {
  const typed_config = { "@type": LIMIT, stat_prefix: "two", max_connections: 2, ...(delay && { delay }) };
  listener.filter_chains[0].filters.unshift({ name: "envoy.filters.network.connection_limit", typed_config });
}

it.each([undefined, "1s"])("closes what is beyond a connection limit filter (delay %s)", (delay) => {
  const { of, status } = serve((_, listener) => addFilter(listener, delay));
  expect(status).toEqual(
    new Map([
      ["200", 3],
      ["lost", 1],
    ]),
  );
  expect(of("connection_limit.two.limited_connections")).toBe(1);
  expect(of("connection_limit.two.active_connections")).toBe(2);
  expect(of("http.ingress.downstream_cx_total")).toBe(3);
  expect(of("http.ingress.downstream_cx_destroy_local")).toBe(1);
});

it("closes what is beyond the limit of the listener, by the runtime", () => {
  const { of, status } = serve((bootstrap) => {
    const static_layer = { envoy: { resource_limits: { listener: { in: { connection_limit: 2 } } } } };
    bootstrap.layered_runtime = { layers: [{ name: "static", static_layer }] };
  });
  expect(status).toEqual(
    new Map([
      ["200", 3],
      ["lost", 1],
    ]),
  );
  expect(of("listener.0.0.0.0_80.downstream_cx_overflow")).toBe(1);
  expect(of("http.ingress.downstream_cx_total")).toBe(2);
});

it("closes what is beyond the limit of the process, unless the listener ignores it", () => {
  const limit = (bootstrap: Bootstrap) => {
    const typed_config = { "@type": MONITOR, max_active_downstream_connections: 1 };
    const name = "envoy.resource_monitors.global_downstream_max_connections";
    bootstrap.overload_manager = { resource_monitors: [{ name, typed_config }] };
  };
  const limited = serve(limit);
  expect(limited.status).toEqual(
    new Map([
      ["200", 2],
      ["lost", 2],
    ]),
  );
  expect(limited.of("listener.0.0.0.0_80.downstream_global_cx_overflow")).toBe(2);
  const ignoring = serve((bootstrap, listener) => {
    limit(bootstrap);
    listener.ignore_global_conn_limit = true;
  });
  expect(ignoring.status).toEqual(new Map([["200", 4]]));
});
