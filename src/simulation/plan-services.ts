import { didYouMean } from "../decode/nearest.ts";
import type { Endpoint } from "../proxy/cluster/host.ts";
import { NO_LOCALITY } from "../proxy/cluster/locality.ts";
import type { ClusterConfig } from "../proxy/cluster-config.ts";
import type { ServiceSpec } from "../scenario/scenario.ts";
import { hostAddress } from "./addresses.ts";
import type { LoadedProxy } from "./load-proxy.ts";
import type { HostPlan, ServicePlan } from "./plan.ts";
import type { PlanReport } from "./plan-report.ts";

/** The hosts of every service, and what discovery tells the proxies. */
export interface PlannedServices {
  readonly services: readonly ServicePlan[];
  /** By proxy, then by cluster. */
  readonly discovered: ReadonlyMap<string, ReadonlyMap<string, readonly Endpoint[]>>;
}

/** A cluster in the configuration of one proxy. */
interface FoundCluster {
  readonly proxy: LoadedProxy;
  readonly cluster: ClusterConfig;
}

export function planServices(
  services: readonly ServiceSpec[],
  proxies: readonly LoadedProxy[],
  report: PlanReport,
): PlannedServices {
  const discovered = new Map(proxies.map(({ name }) => [name, new Map<string, readonly Endpoint[]>()]));
  let withReplicas = 0;
  const planned = services.map((service) => {
    const found = service.cluster === undefined ? [] : findCluster(service, service.cluster, proxies, report);
    const replicas = service.replicas ?? (service.cluster === undefined ? 1 : undefined);
    if (replicas === undefined) return { name: service.name, hosts: listedHosts(service, found, report) };
    const order = withReplicas++;
    for (const { proxy, cluster } of found) {
      discovered.get(proxy.name)!.set(cluster.name, discoveredEndpoints(service, cluster, order, replicas, report));
    }
    return { name: service.name, hosts: replicaHosts(service, found, order, replicas) };
  });
  return { services: planned, discovered };
}

function findCluster(
  service: ServiceSpec,
  name: string,
  proxies: readonly LoadedProxy[],
  report: PlanReport,
): FoundCluster[] {
  const found = proxies.flatMap((proxy) =>
    proxy.config.clusters.filter((cluster) => cluster.name === name).map((cluster) => ({ proxy, cluster })),
  );
  if (found.length === 0) {
    const names = proxies.flatMap(({ config }) => config.clusters.map((cluster) => cluster.name));
    const known = names.length === 0 ? "no proxy has clusters" : `the proxies have: ${[...new Set(names)].join(", ")}`;
    report(
      ["services", service.name, "cluster"],
      "dangling-name",
      `no proxy's configuration has a cluster "${name}"${didYouMean(name, names)}`,
      known,
    );
  }
  return found;
}

/** The endpoints that the cluster lists, in its order, over all proxies that have it. */
function listedHosts(service: ServiceSpec, found: readonly FoundCluster[], report: PlanReport): HostPlan[] {
  const hosts = new Map<string, HostPlan>();
  for (const { cluster } of found) {
    for (const { address, locality } of cluster.assignment.endpoints) {
      if (!isNumeric(address)) {
        reportDiscovery(service, cluster, `its endpoint ${address} is a name`, report);
        return [];
      }
      if (hosts.has(address)) continue;
      const zone = locality.zone || dealt(service.zones, hosts.size);
      hosts.set(address, { address, zone, cluster: cluster.name });
    }
    if (cluster.type === "EDS") reportDiscovery(service, cluster, "its type is EDS", report);
  }
  if (found.length > 0 && hosts.size === 0 && found.every(({ cluster }) => cluster.type !== "EDS")) {
    report(
      ["services", service.name, "cluster"],
      "no-hosts",
      `cluster "${service.cluster}" lists no endpoints, so service "${service.name}" has no hosts`,
      "add lb_endpoints to its load_assignment",
    );
  }
  return [...hosts.values()];
}

function reportDiscovery(service: ServiceSpec, cluster: ClusterConfig, why: string, report: PlanReport): void {
  report(
    ["services", service.name, "cluster"],
    "needs-replicas",
    `cluster "${cluster.name}" learns its hosts by discovery (${why})`,
    "say how many hosts discovery finds, such as replicas: 3",
  );
}

function replicaHosts(
  service: ServiceSpec,
  found: readonly FoundCluster[],
  order: number,
  replicas: number,
): HostPlan[] {
  const cluster = found[0]?.cluster;
  const port = cluster === undefined ? service.port : portOf(service, cluster);
  return Array.from({ length: replicas }, (_, i) => ({
    address: `${hostAddress(order, i)}:${port}`,
    zone: dealt(service.zones, i),
    cluster: service.cluster ?? service.name,
  }));
}

/** What discovery answers for a cluster whose service has `replicas`. */
function discoveredEndpoints(
  service: ServiceSpec,
  cluster: ClusterConfig,
  order: number,
  replicas: number,
  report: PlanReport,
): Endpoint[] {
  const named = cluster.assignment.endpoints.filter(({ address }) => !isNumeric(address));
  if (cluster.type !== "EDS" && named.length === 0) {
    report(
      ["services", service.name, "replicas"],
      "replicas-of-listed-hosts",
      `cluster "${cluster.name}" lists its hosts, so replicas cannot say how many there are`,
      "leave replicas out: the hosts are the endpoints that the cluster lists",
    );
    return [];
  }
  const pattern = named[0];
  return Array.from({ length: replicas }, (_, i) => ({
    address: `${hostAddress(order, i)}:${portOf(service, cluster)}`,
    hostname: pattern === undefined ? "" : pattern.hostname || pattern.address,
    weight: pattern?.weight ?? 1,
    priority: pattern?.priority ?? 0,
    locality: pattern?.locality ?? { ...NO_LOCALITY, zone: dealt(service.zones, i) },
    metadata: pattern?.metadata ?? {},
    healthFlags: pattern?.healthFlags ?? 0,
  }));
}

/** A DNS cluster's endpoint has a port of its own. */
function portOf(service: ServiceSpec, cluster: ClusterConfig): number {
  const named = cluster.assignment.endpoints.find(({ address }) => !isNumeric(address));
  return named === undefined ? service.port : Number(named.address.slice(named.address.lastIndexOf(":") + 1));
}

function dealt(zones: readonly string[], index: number): string {
  return zones.length === 0 ? "" : zones[index % zones.length]!;
}

/** Whether the part before the port is an IP address and not a name. */
export function isNumeric(address: string): boolean {
  const host = address.slice(0, address.lastIndexOf(":"));
  return host.startsWith("[") || /^\d+\.\d+\.\d+\.\d+$/.test(host);
}
