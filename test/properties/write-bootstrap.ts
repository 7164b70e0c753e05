import type {
  CheckParameters,
  LimitParameters,
  ProxyParameters,
  ServiceParameters,
  WorldParameters,
} from "./world-parameters.ts";
import { filterOf } from "./write-filter.ts";

const LISTENER_PORT = 10000;

/** The configuration of the proxy at this place of the chain. */
export function bootstrapOf(world: WorldParameters, proxy: ProxyParameters, index: number): object {
  return {
    static_resources: {
      listeners: [listenerOf(world, proxy, index)],
      clusters: [clusterOf(world, proxy, index)],
    },
  };
}

function clusterName({ proxies }: WorldParameters, index: number): string {
  return index === proxies.length - 1 ? "store" : "next";
}

function listenerOf(world: WorldParameters, proxy: ProxyParameters, index: number): object {
  const { limit, servesTls } = proxy.connections;
  const manager = {
    "@type":
      "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    stat_prefix: "ingress",
    ...(proxy.idleTimeoutMs !== null && { stream_idle_timeout: seconds(proxy.idleTimeoutMs) }),
    common_http_protocol_options: downstreamOptionsOf(proxy),
    route_config: {
      virtual_hosts: [
        {
          name: "all",
          domains: ["*"],
          routes: [
            { match: { path: "/direct" }, direct_response: { status: 204 } },
            oldRouteOf(world, proxy, index),
            { match: { path: "/shop" }, route: routeOf(proxy, clusterName(world, index)) },
          ],
        },
      ],
    },
    http_filters: [
      ...proxy.filters.map(filterOf),
      {
        name: "envoy.filters.http.router",
        typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" },
      },
    ],
  };
  return {
    name: "ingress",
    address: { socket_address: { address: "0.0.0.0", port_value: LISTENER_PORT } },
    filter_chains: [
      {
        filters: [
          ...(limit === null ? [] : [connectionLimitOf(limit)]),
          { name: "envoy.filters.network.http_connection_manager", typed_config: manager },
        ],
        ...(servesTls && { transport_socket: tls("Downstream") }),
      },
    ],
  };
}

function downstreamOptionsOf({ maxDurationMs, connections }: ProxyParameters): object {
  const { downstreamIdleMs, downstreamMaxDurationMs, downstreamMaxRequests } = connections;
  return {
    ...(maxDurationMs !== null && { max_stream_duration: seconds(maxDurationMs) }),
    ...(downstreamIdleMs !== null && { idle_timeout: seconds(downstreamIdleMs) }),
    ...(downstreamMaxDurationMs !== null && { max_connection_duration: seconds(downstreamMaxDurationMs) }),
    ...(downstreamMaxRequests > 0 && { max_requests_per_connection: downstreamMaxRequests }),
  };
}

function connectionLimitOf({ connections, delayMs }: { connections: number; delayMs: number }): object {
  return {
    name: "envoy.filters.network.connection_limit",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit",
      stat_prefix: "limit",
      max_connections: connections,
      ...(delayMs > 0 && { delay: seconds(delayMs) }),
    },
  };
}

/** The last proxy redirects, to a path that hosts serve. */
function oldRouteOf(world: WorldParameters, proxy: ProxyParameters, index: number): object {
  const match = { path: "/old" };
  if (index === world.proxies.length - 1) return { match, redirect: { path_redirect: "/shop" } };
  const route = routeOf(proxy, clusterName(world, index));
  const internal_redirect_policy = { redirect_response_codes: [301] };
  return { match, route: proxy.followsRedirects ? { ...route, internal_redirect_policy } : route };
}

function routeOf({ retry, mirrored, routeTimeoutMs, isHigh }: ProxyParameters, cluster: string): object {
  return {
    cluster,
    timeout: seconds(routeTimeoutMs),
    priority: isHigh ? "HIGH" : "DEFAULT",
    ...(mirrored > 0 && {
      request_mirror_policies: [{ cluster, runtime_fraction: { default_value: { numerator: mirrored } } }],
    }),
    ...(retry?.hedges && { hedge_policy: { hedge_on_per_try_timeout: true } }),
    ...(retry && {
      retry_policy: {
        retry_on: retry.on.join(","),
        num_retries: retry.retries,
        retriable_status_codes: [500],
        ...(retry.perTryIdleTimeoutMs > 0 && { per_try_idle_timeout: seconds(retry.perTryIdleTimeoutMs) }),
        ...(retry.perTryTimeoutMs > 0 && { per_try_timeout: seconds(retry.perTryTimeoutMs) }),
        retry_back_off: { base_interval: seconds(retry.backOffMs) },
        ...(retry.avoidsPreviousHosts && {
          host_selection_retry_max_attempts: 3,
          retry_host_predicate: [
            {
              name: "envoy.retry_host_predicates.previous_hosts",
              typed_config: {
                "@type":
                  "type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate",
              },
            },
          ],
        }),
      },
    }),
  };
}

function clusterOf(world: WorldParameters, proxy: ProxyParameters, index: number): object {
  const { upstream, limits, outlier, check } = proxy;
  const { preconnectRatio } = proxy.connections;
  const name = clusterName(world, index);
  return {
    name,
    type: "STATIC",
    lb_policy: upstream.balancer,
    connect_timeout: seconds(upstream.connectTimeoutMs),
    ...(speaksTls(world, index) && { transport_socket: tls("Upstream") }),
    ...(preconnectRatio !== null && {
      preconnect_policy: { per_upstream_preconnect_ratio: preconnectRatio },
    }),
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": protocolOptionsOf(proxy),
    },
    circuit_breakers: circuitBreakersOf(limits, proxy.isHigh ? "HIGH" : "DEFAULT"),
    common_lb_config: {
      healthy_panic_threshold: { value: proxy.panicThreshold },
      ...(proxy.mergeWindowMs !== null && { update_merge_window: seconds(proxy.mergeWindowMs) }),
    },
    ...(outlier && {
      outlier_detection: {
        consecutive_5xx: outlier.consecutive5xx,
        consecutive_gateway_failure: outlier.consecutiveGateway,
        consecutive_local_origin_failure: outlier.consecutiveLocal,
        detect_degraded_hosts: outlier.detectsDegraded,
        enforcing_consecutive_gateway_failure: 60,
        split_external_local_origin_errors: outlier.splitsLocalErrors,
        interval: seconds(outlier.intervalMs),
        base_ejection_time: seconds(outlier.ejectionMs),
        max_ejection_percent: outlier.maxEjectionPercent,
        always_eject_one_host: outlier.alwaysEjectsOne,
        enforcing_success_rate: outlier.byRate === "success rate" ? 100 : 0,
        enforcing_failure_percentage: outlier.byRate === "failure percentage" ? 100 : 0,
        enforcing_local_origin_success_rate: outlier.byRate === "success rate" ? 100 : 0,
        enforcing_failure_percentage_local_origin: outlier.byRate === "failure percentage" ? 100 : 0,
        success_rate_minimum_hosts: 2,
        success_rate_request_volume: outlier.volume,
        success_rate_stdev_factor: 900,
        failure_percentage_minimum_hosts: 1,
        failure_percentage_request_volume: outlier.volume,
        failure_percentage_threshold: 60,
      },
    }),
    // Checks of a proxy would be among the requests that it is to account for.
    ...(check && index === world.proxies.length - 1 && { health_checks: [healthCheckOf(check)] }),
    load_assignment: { cluster_name: name, endpoints: endpointsOf(world, index) },
  };
}

function healthCheckOf(check: CheckParameters): object {
  const retriable_statuses = check.isRetriable ? [{ start: 500, end: 600 }] : [];
  return {
    timeout: seconds(check.timeoutMs),
    interval: seconds(check.intervalMs),
    no_traffic_interval: seconds(check.intervalMs),
    unhealthy_threshold: check.unhealthyThreshold,
    healthy_threshold: check.healthyThreshold,
    reuse_connection: check.reusesConnection,
    ...(check.kind === "http"
      ? { http_health_check: { path: "/healthz", retriable_statuses } }
      : { tcp_health_check: {} }),
  };
}

/** Hosts take what comes. */
function speaksTls({ proxies }: WorldParameters, index: number): boolean {
  return proxies[index + 1]?.connections.servesTls ?? proxies[index]!.upstream.hasTls;
}

function tls(side: "Upstream" | "Downstream"): object {
  return {
    name: "envoy.transport_sockets.tls",
    typed_config: {
      "@type": `type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.${side}TlsContext`,
    },
  };
}

function protocolOptionsOf({ upstream, connections }: ProxyParameters): object {
  const { protocol, maxConcurrentStreams, maxRequestsPerConnection } = upstream;
  const { upstreamIdleMs, upstreamMaxDurationMs } = connections;
  return {
    "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
    common_http_protocol_options: {
      ...(maxRequestsPerConnection > 0 && { max_requests_per_connection: maxRequestsPerConnection }),
      ...(upstreamIdleMs !== null && { idle_timeout: seconds(upstreamIdleMs) }),
      ...(upstreamMaxDurationMs !== null && { max_connection_duration: seconds(upstreamMaxDurationMs) }),
    },
    explicit_http_config:
      protocol === "http1"
        ? { http_protocol_options: {} }
        : { http2_protocol_options: { max_concurrent_streams: maxConcurrentStreams } },
  };
}

function circuitBreakersOf(limits: LimitParameters, priority: string): object {
  const thresholds = {
    priority,
    ...(limits.connections !== null && { max_connections: limits.connections }),
    ...(limits.pendingRequests !== null && { max_pending_requests: limits.pendingRequests }),
    ...(limits.requests !== null && { max_requests: limits.requests }),
    ...(limits.retries !== null && { max_retries: limits.retries }),
    ...(limits.budget && {
      retry_budget: {
        budget_percent: { value: limits.budget.percent },
        min_retry_concurrency: limits.budget.least,
      },
    }),
  };
  return {
    thresholds: [thresholds],
    ...(limits.connectionsPerHost !== null && {
      per_host_thresholds: [{ priority, max_connections: limits.connectionsPerHost }],
    }),
  };
}

/** Envoy's localities: one for each zone and priority. */
function endpointsOf(world: WorldParameters, index: number): object[] {
  const next = world.proxies[index + 1];
  if (next !== undefined) {
    const replicas = Array.from({ length: next.replicas }, (_, replica) =>
      endpointOf(`${proxyIp(index + 1, replica)}:${LISTENER_PORT}`, 1),
    );
    return [{ lb_endpoints: replicas }];
  }
  return world.service.hosts.map(({ weight, priority, zone }, host) => ({
    priority: usedPriority(world.service, priority),
    locality: { zone },
    lb_endpoints: [endpointOf(hostAddress(host), weight)],
  }));
}

/** Envoy refuses priorities with gaps: where nobody has 0, those of 1 take its place. */
function usedPriority({ hosts }: ServiceParameters, priority: number): number {
  return hosts.some((host) => host.priority === 0) ? priority : 0;
}

function endpointOf(address: string, weight: number): object {
  const [ip, port] = address.split(":");
  return {
    endpoint: { address: { socket_address: { address: ip, port_value: Number(port) } } },
    load_balancing_weight: weight,
  };
}

/** The address of a process. */
export function proxyIp(index: number, replica: number): string {
  return `10.1.${index}.${replica + 1}`;
}

function hostAddress(index: number): string {
  return `10.0.0.${index + 1}:8080`;
}

/** A duration of Envoy. */
function seconds(ms: number): string {
  return `${ms / 1000}s`;
}
