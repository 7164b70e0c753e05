import { stringify } from "yaml";
import type { TestFiles } from "../support/run-scenario.ts";
import type {
  CheckParameters,
  ClientParameters,
  FaultParameters,
  LimitParameters,
  ProxyParameters,
  ServiceParameters,
  Time,
  WorldParameters,
} from "./world-parameters.ts";

const LISTENER_PORT = 10000;
/** The longest that what is in flight may take; far beyond any back-off or backlog of these worlds. */
export const DRAIN_SECONDS = 200;

/** The files that a user would write for this world. */
export function writeWorld(world: WorldParameters): TestFiles {
  const files: Record<string, string> = { "scenario.yaml": stringify(scenarioOf(world)) };
  world.proxies.forEach((proxy, index) => {
    files[configName(index)] = stringify(bootstrapOf(world, proxy, index));
  });
  return files;
}

function configName(index: number): string {
  return `${proxyName(index)}.envoy.yaml`;
}

export function proxyName(index: number): string {
  return `proxy${index}`;
}

export function hostAddress(index: number): string {
  return `10.0.0.${index + 1}:8080`;
}

function scenarioOf(world: WorldParameters): object {
  const { proxies, clients, service, link } = world;
  const common = { loss: percent(link.loss), ...(link.isNarrow && { bandwidth: "1MiB/s" }) };
  const across = { latency: timeOf(link.acrossZones), ...common };
  return {
    name: "random",
    seed: world.seed,
    duration: `${world.durationMs}ms`,
    warmup: world.hasWarmup ? `${world.durationMs / 5}ms` : "0s",
    drain: `${DRAIN_SECONDS}s`,
    network: {
      links: [
        ...(zonesOf(world).size === 2
          ? [
              { from: "zone:a", to: "zone:b", ...across },
              { from: "zone:b", to: "zone:a", ...across },
            ]
          : []),
        { latency: timeOf(link.latency), ...common },
      ],
    },
    proxies: Object.fromEntries(proxies.map((proxy, index) => [proxyName(index), proxyEntry(proxy, index)])),
    services: { store: serviceEntry(service) },
    clients: Object.fromEntries(
      clients.map((client, index) => [`client${index}`, clientEntry(client, world)]),
    ),
    faults: world.faults.map((fault) => faultEntry(fault, world)),
  };
}

function zonesOf({ proxies, clients }: WorldParameters): Set<string> {
  return new Set([...proxies, ...clients].map(({ zone }) => zone));
}

function percent(share: number): string {
  return `${share * 100}%`;
}

function timeOf(time: Time): unknown {
  if (time.kind === "constant") return `${time.ms}ms`;
  if (time.kind === "uniform") return { uniform: { min: `${time.ms}ms`, max: `${time.to}ms` } };
  return { exponential: { mean: `${time.ms}ms` } };
}

function proxyEntry({ replicas, concurrency, overhead, zone }: ProxyParameters, index: number): object {
  return {
    config: configName(index),
    replicas,
    concurrency,
    address: proxyIp(index, 0),
    zone,
    ...(overhead && { overhead: timeOf(overhead) }),
  };
}

/** A duration of Envoy. */
function seconds(ms: number): string {
  return `${ms / 1000}s`;
}

function proxyIp(index: number, replica: number): string {
  return `10.1.${index}.${replica + 1}`;
}

function serviceEntry(service: ServiceParameters): object {
  return {
    cluster: "store",
    ...(service.workers !== null && { workers: service.workers }),
    ...(service.queue !== null && { queue: service.queue }),
    time: timeOf(service.time),
    ...(service.errorShare > 0 && {
      errors: { 500: percent(service.errorShare / 2), 503: percent(service.errorShare / 2) },
    }),
    body: `${service.bodyBytes}B`,
    drop_abandoned: service.dropsAbandoned,
  };
}

function clientEntry(client: ClientParameters, { durationMs }: WorldParameters): object {
  const request = { path: "/shop", body: `${client.bodyBytes}B` };
  return {
    to: client.isDirect ? "store" : proxyName(0),
    protocol: client.protocol,
    zone: client.zone,
    arrivals: arrivalsOf(client, durationMs),
    request: client.strays
      ? [
          { weight: 9, ...request },
          { weight: 1, path: "/nowhere" },
          { weight: 1, path: "/direct" },
        ]
      : request,
    ...(client.timeoutMs !== null && { timeout: `${client.timeoutMs}ms` }),
  };
}

function arrivalsOf({ arrivals }: ClientParameters, durationMs: number): object {
  switch (arrivals.kind) {
    case "closed":
      return { closed: { users: arrivals.users, think: { exponential: { mean: `${arrivals.thinkMs}ms` } } } };
    case "steps":
      return {
        schedule: [
          { at: "0s", rate: `${arrivals.rate}/s` },
          { at: `${durationMs / 2}ms`, rate: `${arrivals.rate / 2}/s` },
        ],
      };
    default:
      return { [arrivals.kind]: `${arrivals.rate}/s` };
  }
}

export const effectValues = {
  slow: 8,
  time: "3ms",
  errors: { 503: "90%" },
  down: true,
  hang: true,
  pause: true,
  reset: "30%",
  latency: "4ms",
  add_latency: { exponential: { mean: "5ms" } },
  loss: "8%",
  cut: true,
} as const;

function faultEntry(fault: FaultParameters, world: WorldParameters): object {
  const { effect } = fault;
  return {
    at: `${Math.trunc(fault.from * world.durationMs)}ms`,
    ...(fault.for > 0 && { for: `${Math.ceil(fault.for * world.durationMs)}ms` }),
    ...targetOf(fault, world),
    [effect]: effectValues[effect],
    ...(effect === "cut" && fault.oneway && { oneway: true }),
  };
}

function targetOf(
  { target, which }: FaultParameters,
  { service, proxies, clients }: WorldParameters,
): object {
  const proxy = proxyName(Math.min(which, proxies.length) - 1);
  switch (target) {
    case "service":
      return { service: "store", hosts: Math.min(which, service.hosts.length) };
    case "link":
      return { link: { from: `proxy:${proxy}`, to: which === 1 ? "*" : "service:store" } };
    case "proxy":
      return { proxy };
    case "zone":
      return { zone: clients[0]!.zone };
  }
}

function bootstrapOf(world: WorldParameters, proxy: ProxyParameters, index: number): object {
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
  const manager = {
    "@type":
      "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    stat_prefix: "ingress",
    ...(proxy.idleTimeoutMs !== null && { stream_idle_timeout: seconds(proxy.idleTimeoutMs) }),
    ...(proxy.maxDurationMs !== null && {
      common_http_protocol_options: { max_stream_duration: seconds(proxy.maxDurationMs) },
    }),
    route_config: {
      virtual_hosts: [
        {
          name: "all",
          domains: ["*"],
          routes: [
            { match: { path: "/direct" }, direct_response: { status: 204 } },
            { match: { path: "/shop" }, route: routeOf(proxy, clusterName(world, index)) },
          ],
        },
      ],
    },
    http_filters: [
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
      { filters: [{ name: "envoy.filters.network.http_connection_manager", typed_config: manager }] },
    ],
  };
}

function routeOf({ retry, routeTimeoutMs, isHigh }: ProxyParameters, cluster: string): object {
  return {
    cluster,
    timeout: seconds(routeTimeoutMs),
    priority: isHigh ? "HIGH" : "DEFAULT",
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
  const name = clusterName(world, index);
  return {
    name,
    type: "STATIC",
    lb_policy: upstream.balancer,
    connect_timeout: seconds(upstream.connectTimeoutMs),
    ...(upstream.hasTls && { transport_socket: TLS }),
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

const TLS = {
  name: "envoy.transport_sockets.tls",
  typed_config: {
    "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
  },
};

function protocolOptionsOf({ upstream }: ProxyParameters): object {
  const { protocol, maxConcurrentStreams, maxRequestsPerConnection } = upstream;
  return {
    "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
    ...(maxRequestsPerConnection > 0 && {
      common_http_protocol_options: { max_requests_per_connection: maxRequestsPerConnection },
    }),
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
