import { Message, ReadLog } from "../decode/message.ts";
import { MINUTE, type Nanoseconds } from "../kernel/time.ts";
import { readAddress } from "./cluster/load-assignment.ts";
import { timerDuration } from "./cluster/timer-duration.ts";
import { compileRetryPolicy } from "./compile-retry-policy.ts";
import { type ListenerLimits, readListenerLimit } from "./connection-limits.ts";
import {
  type DownstreamConnectionLimits,
  readDownstreamConnectionLimits,
} from "./downstream-connection-limits.ts";
import type { DrainType } from "./draining/drain-close.ts";
import type { Inspectors } from "./filter-chain/connection-facts.ts";
import { type FilterChains, readFilterChains } from "./filter-chain/filter-chains.ts";
import { type DownstreamTls, type FilterChainConfig, readFilterChain } from "./filter-chain-config.ts";
import { HttpFilters } from "./http-filter/http-filters.ts";
import { readSocketFilters, type SocketFilters } from "./listener-filter/socket-filters.ts";
import { RouteProblems } from "./matching/route-problems.ts";
import { readRouteHash } from "./request-hash.ts";
import { DownstreamHeads } from "./request-head/downstream-head.ts";
import { RoutePlans } from "./request-plan.ts";
import { DEFAULT_RETRY_POLICY, type RetryPolicy } from "./retry/retry-policy.ts";
import { DEFAULT_ROUTER_OPTIONS, type RouterOptions, readRouterOptions } from "./router-options.ts";
import { compileHeaderMatcher, type HeadTest } from "./routing/header-matcher.ts";
import { compileQueryParameterMatcher } from "./routing/query-parameter-matcher.ts";
import type { RouteEntry } from "./routing/route-match.ts";
import { compileRouteTable, type RouteTable } from "./routing/route-table.ts";
import type { Runtime } from "./runtime/runtime.ts";

const LISTENER_FILTERS = "envoy.extensions.filters.listener.";
const ROUTER = "envoy.extensions.filters.http.router.v3.Router";

const DEFAULT_STREAM_IDLE_TIMEOUT: Nanoseconds = 5 * MINUTE;

/** A route table without routes. */
const EMPTY = new Message({}, "", new ReadLog());

/** A listener; one without an HTTP connection manager or TCP proxy in any of its filter chains is not simulated. */
export interface ListenerConfig {
  readonly name: string;
  readonly path: string;
  /** Name in statistics. */
  readonly statName: string;
  /** `0.0.0.0` where the proxy's own address counts. */
  readonly address: string;
  readonly port: number;
  readonly chains: FilterChains<FilterChainConfig>;
  readonly inspectors: Inspectors;
  /** Null: nothing waits for first bytes. A listener of HTTP alone gets them in any case, so that nothing does. */
  readonly socketFilters: SocketFilters | null;
  /**
   * Whether it finds out what a connection that was redirected to it was meant for, and hands it on to the listener
   * with that address, if there is one.
   */
  readonly restoresDestination: boolean;
  /** False: it gets connections only from another listener. */
  readonly bindsToPort: boolean;
  readonly limits: ListenerLimits;
  /** Whether a connection goes to the worker with the fewest, in place of one that the kernel deals it to. */
  readonly balancesExactly: boolean;
  /** Whether it goes on whatever the overload manager says. */
  readonly bypassesOverloadManager: boolean;
  readonly drainType: DrainType;
  /** Whether it takes what comes to this process from outside, as its `traffic_direction` says. */
  readonly isInbound: boolean;
}

export interface HttpConnectionManagerConfig {
  readonly statPrefix: string;
  /** Of the filter chain that it stands in; null: plain text. */
  readonly tls: DownstreamTls | null;
  readonly routes: RouteTable;
  /** The HTTP filters in front of the router. */
  readonly filters: HttpFilters;
  readonly routerOptions: RouterOptions;
  /** What requests look like when they go into routing. */
  readonly heads: DownstreamHeads;
  /** What a route of the table makes of requests. */
  plansOf(route: RouteEntry): RoutePlans;
  /** 0: none. */
  readonly streamIdleTimeout: Nanoseconds;
  /** Infinity: none. */
  readonly maxStreamDuration: Nanoseconds;
  readonly connectionLimits: DownstreamConnectionLimits;
}

export function readListener(listener: Message, runtime: Runtime): ListenerConfig {
  const address = readAddress(listener.message("address"));
  const separator = address.lastIndexOf(":");
  const port = Number(address.slice(separator + 1));
  const chains = readFilterChains(listener, runtime, (chain) =>
    readFilterChain(chain, runtime, (manager, tls) => readHttpConnectionManager(manager, tls, port, runtime)),
  );
  const passesOn = chains.all.some(({ terminal }) => terminal?.kind === "tcp");
  return {
    name: listener.string("name"),
    path: listener.path,
    statName: listener.string("stat_prefix") || address,
    address: address.slice(0, separator),
    port,
    chains,
    socketFilters: passesOn ? readSocketFilters(listener) : null,
    ...readListenerFilters(listener),
    balancesExactly: listener.message("connection_balance_config")?.message("exact_balance") !== undefined,
    bypassesOverloadManager: listener.boolean("bypass_overload_manager"),
    bindsToPort: listener.boolean("bind_to_port", true),
    drainType: listener.enum<DrainType>("drain_type", "DEFAULT"),
    isInbound: listener.enum<string>("traffic_direction", "UNSPECIFIED") === "INBOUND",
    limits: {
      ofListener: readListenerLimit(listener.string("name"), runtime),
      ignoresGlobal: listener.boolean("ignore_global_conn_limit"),
    },
  };
}

/** Listener filters that are simulated; asking for their type says so. */
function readListenerFilters(listener: Message): Pick<ListenerConfig, "inspectors" | "restoresDestination"> {
  const types = listener.messages("listener_filters").map((filter) => filter.message("typed_config"));
  const has = (name: string) => {
    const found = types.filter((config) => config?.typeName === LISTENER_FILTERS + name);
    for (const config of found) config!.string("@type");
    return found.length > 0;
  };
  const restoresDestination = has("original_dst.v3.OriginalDst") || listener.boolean("use_original_dst");
  return {
    inspectors: { tls: has("tls_inspector.v3.TlsInspector"), http: has("http_inspector.v3.HttpInspector") },
    restoresDestination,
  };
}

/** Whether any of its filter chains serves HTTP. */
export function servesHttp({ chains }: ListenerConfig): boolean {
  return chains.all.some(({ terminal }) => terminal?.kind === "http");
}

/** Whether any of its filter chains serves anything. */
export function takesConnections({ chains }: ListenerConfig): boolean {
  return chains.all.some(({ terminal }) => terminal !== undefined);
}

function readHttpConnectionManager(
  manager: Message,
  tls: DownstreamTls | null,
  port: number,
  runtime: Runtime,
): HttpConnectionManagerConfig {
  const options = readRouter(manager);
  // Without an inline table the routes come by RDS; until they do nothing has a route.
  const routes = compileRouteTable(manager.message("route_config") ?? EMPTY, runtime, readRouteHash);
  const common = manager.message("common_http_protocol_options");
  // Here 0 means none, unlike in a route.
  const maxStreamDuration =
    (common && timerDuration(common, "max_stream_duration")) || Number.POSITIVE_INFINITY;
  const plans = new Map(routes.routes.map((route) => [route, plansFor(route, options, maxStreamDuration)]));
  return {
    statPrefix: manager.string("stat_prefix"),
    tls,
    routes,
    filters: new HttpFilters(manager, routes.filterConfigs, {
      runtime,
      rateLimits: routes.routes.map(({ rateLimits }) => rateLimits),
      compileHeaderMatchers: (matchers) => allFit(matchers, compileHeaderMatcher),
      compileQueryMatchers: (matchers) => allFit(matchers, compileQueryParameterMatcher),
    }),
    routerOptions: options,
    heads: new DownstreamHeads(manager, tls !== null, port),
    plansOf: (route) => plans.get(route)!,
    streamIdleTimeout: timerDuration(manager, "stream_idle_timeout", DEFAULT_STREAM_IDLE_TIMEOUT),
    maxStreamDuration,
    connectionLimits: readDownstreamConnectionLimits(manager),
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

function plansFor(route: RouteEntry, options: RouterOptions, maxStreamDuration: Nanoseconds): RoutePlans {
  const policy = policyOf(route);
  return new RoutePlans(route, { timeouts: policy, retries: policy, options, maxStreamDuration });
}

function allFit(
  matchers: readonly Message[],
  compile: (matcher: Message, problems: RouteProblems) => HeadTest,
): HeadTest {
  const tests = matchers.map((matcher) => compile(matcher, new RouteProblems()));
  return (head) => tests.every((fits) => fits(head));
}

function policyOf({ retryPolicy }: RouteEntry): RetryPolicy {
  if (retryPolicy === undefined) return DEFAULT_RETRY_POLICY;
  const refreshesCluster = retryPolicy.boolean("refresh_cluster_on_retry");
  return Object.freeze({ ...compileRetryPolicy(retryPolicy), refreshesCluster });
}

/** An address that stands for every address of the machine. */
export function isUnspecified(address: string): boolean {
  return address === "0.0.0.0" || address === "[::]";
}
