import { Message, ReadLog } from "../decode/message.ts";
import { MINUTE, type Nanoseconds } from "../kernel/time.ts";
import type { TlsOptions } from "../network/tls.ts";
import { readAddress } from "./cluster/load-assignment.ts";
import { timerDuration } from "./cluster/timer-duration.ts";
import {
  type ConnectionLimitConfig,
  type ListenerLimits,
  readConnectionLimit,
  readListenerLimit,
} from "./connection-limits.ts";
import {
  type DownstreamConnectionLimits,
  readDownstreamConnectionLimits,
} from "./downstream-connection-limits.ts";
import { DownstreamHeads } from "./downstream-head.ts";
import { HttpFilters } from "./http-filter/http-filters.ts";
import { RoutePlans } from "./request-plan.ts";
import { DEFAULT_RETRY_POLICY, type RetryPolicy, readRetryPolicy } from "./retry/retry-policy.ts";
import { compileHeaderMatcher, compileHeaderTest } from "./routing/header-matcher.ts";
import type { RouteEntry } from "./routing/route-match.ts";
import { RouteProblems } from "./routing/route-problems.ts";
import { compileRouteTable, type RouteTable } from "./routing/route-table.ts";
import type { Runtime } from "./runtime/runtime.ts";
import { readDownstreamTls } from "./tls-options.ts";

const HTTP_CONNECTION_MANAGER =
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
const ROUTER = "envoy.extensions.filters.http.router.v3.Router";

const DEFAULT_STREAM_IDLE_TIMEOUT: Nanoseconds = 5 * MINUTE;

/** A route table without routes. */
const EMPTY = new Message({}, "", new ReadLog());

/** A listener; one without an HTTP connection manager is not simulated. */
export interface ListenerConfig {
  readonly name: string;
  readonly path: string;
  /** Name in statistics. */
  readonly statName: string;
  /** `0.0.0.0` where the proxy's own address counts. */
  readonly address: string;
  readonly port: number;
  readonly httpConnectionManager: HttpConnectionManagerConfig | undefined;
  /** Undefined: its clients speak no TLS. */
  readonly tls: TlsOptions | undefined;
  readonly limits: ListenerLimits;
}

export interface HttpConnectionManagerConfig {
  readonly statPrefix: string;
  readonly routes: RouteTable;
  /** The HTTP filters in front of the router. */
  readonly filters: HttpFilters;
  /** What requests look like when they go into routing. */
  readonly heads: DownstreamHeads;
  /** What a route of the table makes of requests. */
  plansOf(route: RouteEntry): RoutePlans;
  /** 0: none. */
  readonly streamIdleTimeout: Nanoseconds;
  readonly connectionLimits: DownstreamConnectionLimits;
  /** Undefined: none. */
  readonly maxStreamDuration: Nanoseconds | undefined;
}

export function readListener(listener: Message, runtime: Runtime): ListenerConfig {
  const address = readAddress(listener.message("address"));
  const separator = address.lastIndexOf(":");
  const serving = readServingChain(listener, runtime);
  return {
    name: listener.string("name"),
    path: listener.path,
    statName: listener.string("stat_prefix") || address,
    address: address.slice(0, separator),
    port: Number(address.slice(separator + 1)),
    httpConnectionManager: serving.httpConnectionManager,
    tls: serving.tls,
    limits: {
      ofListener: readListenerLimit(listener.string("name"), runtime),
      ignoresGlobal: listener.boolean("ignore_global_conn_limit"),
      filters: serving.connectionLimits,
    },
  };
}

interface ServingChain {
  readonly httpConnectionManager: HttpConnectionManagerConfig | undefined;
  readonly tls: TlsOptions | undefined;
  /** Of the filters before the connection manager. */
  readonly connectionLimits: readonly ConnectionLimitConfig[];
}

/** The first filter chain, the default one last, that has HTTP: choosing among chains is not modelled. */
function readServingChain(listener: Message, runtime: Runtime): ServingChain {
  const fallback = listener.message("default_filter_chain");
  const chains = [...listener.messages("filter_chains"), ...(fallback === undefined ? [] : [fallback])];
  for (const chain of chains) {
    const connectionLimits: ConnectionLimitConfig[] = [];
    for (const filter of chain.messages("filters")) {
      const config = filter.message("typed_config");
      const limit = readConnectionLimit(filter, runtime);
      if (limit !== undefined) connectionLimits.push(limit);
      if (config?.typeName !== HTTP_CONNECTION_MANAGER) continue;
      const httpConnectionManager = readHttpConnectionManager(config, runtime);
      const tls = readDownstreamTls(chain.message("transport_socket"));
      return { httpConnectionManager, tls, connectionLimits };
    }
  }
  return { httpConnectionManager: undefined, tls: undefined, connectionLimits: [] };
}

function readHttpConnectionManager(manager: Message, runtime: Runtime): HttpConnectionManagerConfig {
  for (const filter of manager.messages("http_filters")) {
    const config = filter.message("typed_config");
    // Asking for its type says that the router is simulated, although none of its options is read.
    if (config?.typeName === ROUTER) config.string("@type");
  }
  // Without an inline table the routes come by RDS; until they do nothing has a route.
  const routes = compileRouteTable(manager.message("route_config") ?? EMPTY, runtime);
  const plans = new Map(routes.routes.map((route) => [route, new RoutePlans(route, policyOf(route))]));
  const common = manager.message("common_http_protocol_options");
  return {
    statPrefix: manager.string("stat_prefix"),
    routes,
    filters: new HttpFilters(manager, routes.filterConfigs, {
      runtime,
      compileHeaderMatchers: (matchers) => {
        const tests = matchers.map((matcher) => compileHeaderMatcher(matcher, new RouteProblems()));
        return (head) => tests.every((fits) => fits(head));
      },
    }),
    heads: new DownstreamHeads(manager),
    plansOf: (route) => plans.get(route)!,
    streamIdleTimeout: timerDuration(manager, "stream_idle_timeout", DEFAULT_STREAM_IDLE_TIMEOUT),
    connectionLimits: readDownstreamConnectionLimits(manager),
    // Here 0 means none, unlike in a route.
    maxStreamDuration: (common && timerDuration(common, "max_stream_duration")) || undefined,
  };
}

function policyOf({ retryPolicy }: RouteEntry): RetryPolicy {
  return retryPolicy === undefined
    ? DEFAULT_RETRY_POLICY
    : readRetryPolicy(retryPolicy, (matcher) => compileHeaderTest(matcher, new RouteProblems()));
}

/** An address that stands for every address of the machine. */
export function isUnspecified(address: string): boolean {
  return address === "0.0.0.0" || address === "[::]";
}
