import { Message, ReadLog } from "../decode/message.ts";
import { MINUTE, type Nanoseconds } from "../kernel/time.ts";
import type { TlsOptions } from "../network/tls.ts";
import { readAddress } from "./cluster/load-assignment.ts";
import { timerDuration } from "./cluster/timer-duration.ts";
import { compileRetryPolicy } from "./compile-retry-policy.ts";
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
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from "./retry/retry-policy.ts";
import { DEFAULT_ROUTER_OPTIONS, type RouterOptions, readRouterOptions } from "./router-options.ts";
import { compileHeaderMatcher } from "./routing/header-matcher.ts";
import type { RouteEntry } from "./routing/route-match.ts";
import { RouteProblems } from "./routing/route-problems.ts";
import { compileRouteTable, type RouteTable } from "./routing/route-table.ts";
import type { Runtime } from "./runtime/runtime.ts";
import { readDownstreamTls } from "./tls-options.ts";

const HTTP_CONNECTION_MANAGER =
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
const ROUTER = "envoy.extensions.filters.http.router.v3.Router";

const FORWARD_FILTER = "envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig";
const ORIGINAL_DST = "envoy.extensions.filters.listener.original_dst.v3.OriginalDst";

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
  /** Whether it finds out what a connection that was redirected to it was meant for. */
  readonly restoresDestination: boolean;
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
  readonly routerOptions: RouterOptions;
  /** What requests look like when they go into routing. */
  readonly heads: DownstreamHeads;
  /** What a route of the table makes of requests. */
  plansOf(route: RouteEntry): RoutePlans;
  /** Whether a filter looks up the authority of requests to dynamic forward proxy clusters. */
  readonly resolvesAuthority: boolean;
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
    restoresDestination: readsOriginalDestination(listener),
    httpConnectionManager: serving.httpConnectionManager,
    tls: serving.tls,
    limits: {
      ofListener: readListenerLimit(listener.string("name"), runtime),
      ignoresGlobal: listener.boolean("ignore_global_conn_limit"),
      filters: serving.connectionLimits,
    },
  };
}

function readsOriginalDestination(listener: Message): boolean {
  const filters = listener.messages("listener_filters").map((filter) => filter.message("typed_config"));
  const found = filters.find((config) => config?.typeName === ORIGINAL_DST);
  // Asking for its type says that the filter is simulated, although it has no options that matter.
  found?.string("@type");
  return found !== undefined || listener.boolean("use_original_dst");
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
  const options = readRouter(manager);
  const resolvesAuthority = readForwardFilter(manager);
  // Without an inline table the routes come by RDS; until they do nothing has a route.
  const routes = compileRouteTable(manager.message("route_config") ?? EMPTY, runtime);
  const plans = new Map(routes.routes.map((route) => [route, plansFor(route, options)]));
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
    routerOptions: options,
    heads: new DownstreamHeads(manager),
    plansOf: (route) => plans.get(route)!,
    resolvesAuthority,
    streamIdleTimeout: timerDuration(manager, "stream_idle_timeout", DEFAULT_STREAM_IDLE_TIMEOUT),
    connectionLimits: readDownstreamConnectionLimits(manager),
    // Here 0 means none, unlike in a route.
    maxStreamDuration: (common && timerDuration(common, "max_stream_duration")) || undefined,
  };
}

function readRouter(manager: Message): RouterOptions {
  let options = DEFAULT_ROUTER_OPTIONS;
  for (const filter of manager.messages("http_filters")) {
    const config = filter.message("typed_config");
    if (config?.typeName === ROUTER) options = readRouterOptions(config);
  }
  return options;
}

function plansFor(route: RouteEntry, options: RouterOptions): RoutePlans {
  const policy = policyOf(route);
  return new RoutePlans(route, { timeouts: policy, retries: policy, options });
}

function policyOf({ retryPolicy }: RouteEntry): RetryPolicy {
  return retryPolicy === undefined ? DEFAULT_RETRY_POLICY : compileRetryPolicy(retryPolicy);
}

/** Whether a filter looks the authority of requests up before they go to a dynamic forwarding cluster. */
function readForwardFilter(manager: Message): boolean {
  const configs = manager.messages("http_filters").map((filter) => filter.message("typed_config"));
  const forward = configs.filter((config) => config?.typeName === FORWARD_FILTER);
  // The cache is described by the cluster as well, in the same words.
  for (const config of forward) config!.raw("dns_cache_config");
  return forward.length > 0;
}

/** An address that stands for every address of the machine. */
export function isUnspecified(address: string): boolean {
  return address === "0.0.0.0" || address === "[::]";
}
