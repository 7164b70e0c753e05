import { Message, ReadLog } from "../decode/message.ts";
import { readAddress } from "./cluster/load-assignment.ts";
import { DEFAULT_RETRY_POLICY, type RetryPolicy, readRetryPolicy } from "./retry/retry-policy.ts";
import type { RouteEntry } from "./routing/route-match.ts";
import { compileRouteTable, type RouteTable } from "./routing/route-table.ts";
import type { Runtime } from "./routing/runtime.ts";

const HTTP_CONNECTION_MANAGER =
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
const ROUTER = "envoy.extensions.filters.http.router.v3.Router";

/** A route table without routes. */
const EMPTY = new Message({}, "", new ReadLog());

/** A listener; one without an HTTP connection manager is not simulated. */
export interface ListenerConfig {
  readonly name: string;
  readonly path: string;
  /** `0.0.0.0` where the proxy's own address counts. */
  readonly address: string;
  readonly port: number;
  readonly httpConnectionManager: HttpConnectionManagerConfig | undefined;
}

export interface HttpConnectionManagerConfig {
  readonly statPrefix: string;
  readonly routes: RouteTable;
  /** The policy of a route of the table. */
  retryPolicyOf(route: RouteEntry): RetryPolicy;
}

export function readListener(listener: Message, runtime: Runtime): ListenerConfig {
  const address = readAddress(listener.message("address"));
  const separator = address.lastIndexOf(":");
  return {
    name: listener.string("name"),
    path: listener.path,
    address: address.slice(0, separator),
    port: Number(address.slice(separator + 1)),
    httpConnectionManager: findHttpConnectionManager(listener, runtime),
  };
}

/** That of the first filter chain that has one: choosing among filter chains is not modelled. */
function findHttpConnectionManager(listener: Message, runtime: Runtime): HttpConnectionManagerConfig | undefined {
  for (const chain of listener.messages("filter_chains")) {
    for (const filter of chain.messages("filters")) {
      const config = filter.message("typed_config");
      if (config?.typeName === HTTP_CONNECTION_MANAGER) return readHttpConnectionManager(config, runtime);
    }
  }
  return undefined;
}

function readHttpConnectionManager(manager: Message, runtime: Runtime): HttpConnectionManagerConfig {
  for (const filter of manager.messages("http_filters")) {
    const config = filter.message("typed_config");
    // Asking for its type says that the router is simulated, although none of its options is read.
    if (config?.typeName === ROUTER) config.string("@type");
  }
  // Without an inline table the routes come by RDS; until they do nothing has a route.
  const routes = compileRouteTable(manager.message("route_config") ?? EMPTY, runtime);
  const retryPolicies = new Map(routes.routes.map((route) => [route, policyOf(route)]));
  return {
    statPrefix: manager.string("stat_prefix"),
    routes,
    retryPolicyOf: (route) => retryPolicies.get(route)!,
  };
}

function policyOf({ retryPolicy }: RouteEntry): RetryPolicy {
  return retryPolicy === undefined ? DEFAULT_RETRY_POLICY : readRetryPolicy(retryPolicy);
}

/** An address that stands for every address of the machine. */
export function isUnspecified(address: string): boolean {
  return address === "0.0.0.0" || address === "[::]";
}
