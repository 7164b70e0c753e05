import { didYouMean } from "../decode/nearest.ts";
import type { Endpoint } from "../proxy/cluster/host.ts";
import { NO_LOCALITY } from "../proxy/cluster/locality.ts";
import type { ClusterConfig } from "../proxy/cluster-config.ts";
import type { ServiceSpec } from "../scenario/scenario.ts";
import { hostAddress, MOST_HOSTS, MOST_SERVICES } from "./addresses.ts";
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
  const planned = services.map((service): ServicePlan => {
    const found = clustersOf(service, proxies, report);
    const isReached = service.cluster !== undefined || service.dns !== undefined;
    const replicas = service.replicas ?? (isReached ? undefined : 1);
    if (replicas === undefined) return { name: service.name, hosts: listedHosts(service, found, report) };
    const hosts = replicaHosts(service, found, withReplicas++, replicas, report);
    for (const { proxy, cluster } of found) {
      discovered.get(proxy.name)!.set(cluster.name, discoveredEndpoints(service, cluster, hosts, report));
    }
    return { name: service.name, hosts };
  });
  return { services: planned, discovered };
}

/** `ip:port` of every host, at all its ports. */
export function addressesOf({ hosts }: ServicePlan): string[] {
  return hosts.flatMap(({ address, others = [] }) => [address, ...others]);
}

/** The clusters that reach a service: those of its `cluster` name, or those that look up its `dns` name. */
function clustersOf(
  service: ServiceSpec,
  proxies: readonly LoadedProxy[],
  report: PlanReport,
): FoundCluster[] {
  const all: FoundCluster[] = proxies.flatMap((proxy) =>
    proxy.config.clusters.map((cluster) => ({ proxy, cluster })),
  );
  if (service.dns !== undefined) {
    const found = all.filter(({ cluster }) => namesIn(cluster).includes(service.dns!));
    const known = all.flatMap(({ cluster }) => namesIn(cluster));
    const anyNameIsLookedUp = all.some(({ cluster }) => cluster.type === "DYNAMIC_FORWARD_PROXY");
    if (found.length === 0 && !anyNameIsLookedUp)
      reportDangling(service, "dns", "looks up the name", service.dns, known, report);
    return found;
  }
  if (service.cluster === undefined) return [];
  const found = all.filter(({ cluster }) => cluster.name === service.cluster);
  const known = all.map(({ cluster }) => cluster.name);
  if (found.length === 0) reportDangling(service, "cluster", "has a cluster", service.cluster, known, report);
  return found;
}

function reportDangling(
  service: ServiceSpec,
  key: "cluster" | "dns",
  verb: string,
  name: string,
  known: readonly string[],
  report: PlanReport,
): void {
  const message = `no proxy's configuration ${verb} "${name}"${didYouMean(name, known)}`;
  const remedy = known.length === 0 ? "there is none" : `known: ${[...new Set(known)].join(", ")}`;
  report(["services", service.name, key], "dangling-name", message, remedy);
}

/** The endpoints that the clusters list, in their order. */
function listedHosts(service: ServiceSpec, found: readonly FoundCluster[], report: PlanReport): HostPlan[] {
  const hosts = new Map<string, HostPlan>();
  for (const { cluster } of found) {
    const named = namesIn(cluster)[0];
    if (named !== undefined || cluster.type === "EDS") {
      const why = named === undefined ? "its type is EDS" : `its endpoint ${named} is a name`;
      const message = `cluster "${cluster.name}" learns its hosts by discovery (${why})`;
      const remedy = "say how many hosts discovery finds, such as replicas: 3";
      report(["services", service.name, "cluster"], "needs-replicas", message, remedy);
      return [];
    }
    for (const { address, locality } of cluster.assignment.endpoints) {
      if (hosts.has(address)) continue;
      const zone = locality.zone || dealt(service.zones, hosts.size);
      hosts.set(address, { address, zone, cluster: cluster.name });
    }
  }
  if (found.length > 0 && hosts.size === 0) {
    const message = `cluster "${service.cluster}" lists no endpoints, so service "${service.name}" has no hosts`;
    report(
      ["services", service.name, "cluster"],
      "no-hosts",
      message,
      "add lb_endpoints to its load_assignment",
    );
  }
  return [...hosts.values()];
}

function replicaHosts(
  service: ServiceSpec,
  found: readonly FoundCluster[],
  order: number,
  replicas: number,
  report: PlanReport,
): HostPlan[] {
  const [port = service.port, ...otherPorts] = new Set(
    found.flatMap(({ cluster }) => portsOf(service, cluster)),
  );
  if (replicas > MOST_HOSTS || order >= MOST_SERVICES) {
    const message = `there are addresses for ${MOST_HOSTS} hosts of each of ${MOST_SERVICES} services`;
    report(["services", service.name, "replicas"], "out-of-range", message, "say fewer");
    return [];
  }
  // Where a cluster says itself where a name is, Envoy's locality wins.
  const zone = found.map(({ cluster }) => zoneOf(service, cluster)).find((known) => known !== "") ?? "";
  return Array.from({ length: replicas }, (_, i) => ({
    address: `${hostAddress(order, i)}:${port}`,
    others: otherPorts.map((other) => `${hostAddress(order, i)}:${other}`),
    zone: zone || dealt(service.zones, i),
    cluster: found[0]?.cluster.name ?? service.name,
  }));
}

/** What discovery answers for a cluster whose service has `replicas`. */
function discoveredEndpoints(
  service: ServiceSpec,
  cluster: ClusterConfig,
  hosts: readonly HostPlan[],
  report: PlanReport,
): Endpoint[] {
  if (cluster.type === "EDS") return hosts.map(edsEndpoint);
  if (namesIn(cluster).length === 0) {
    const message = `cluster "${cluster.name}" lists its hosts, so replicas cannot say how many there are`;
    const remedy = "leave replicas out: the hosts are the endpoints that the cluster lists";
    report(["services", service.name, "replicas"], "replicas-of-listed-hosts", message, remedy);
    return [];
  }
  return cluster.assignment.endpoints.flatMap((endpoint) => {
    const name = hostOf(endpoint.address);
    if (isNumeric(endpoint.address) || (service.dns ?? name) !== name) return [endpoint];
    // A logical DNS cluster has one host, the first that the name stands for.
    const answers = cluster.type === "LOGICAL_DNS" ? hosts.slice(0, 1) : hosts;
    const hostname = endpoint.hostname || name;
    const port = endpoint.address.slice(name.length);
    return answers.map(({ address }) => ({
      ...endpoint,
      address: `${hostOf(address)}${port}`,
      hostname,
      answerTo: endpoint,
    }));
  });
}

function edsEndpoint({ address, zone }: HostPlan): Endpoint {
  return {
    address,
    hostname: "",
    weight: 1,
    priority: 0,
    locality: { ...NO_LOCALITY, zone },
    metadata: {},
    healthFlags: 0,
  };
}

/** The names that a cluster looks up. */
function namesIn(cluster: ClusterConfig): string[] {
  return cluster.assignment.endpoints.flatMap(({ address }) => (isNumeric(address) ? [] : [hostOf(address)]));
}

/** Endpoints that are names have a port of their own. */
function portsOf(service: ServiceSpec, cluster: ClusterConfig): number[] {
  const named = lookedUp(service, cluster);
  if (named.length === 0) return [service.port];
  return named.map(({ address }) => Number(address.slice(address.lastIndexOf(":") + 1)));
}

function zoneOf(service: ServiceSpec, cluster: ClusterConfig): string {
  return lookedUp(service, cluster)[0]?.locality.zone ?? "";
}

/** The endpoints of a cluster for which a service's hosts are found. */
function lookedUp(service: ServiceSpec, { assignment }: ClusterConfig): Endpoint[] {
  return assignment.endpoints.filter(
    ({ address }) => !isNumeric(address) && (service.dns ?? hostOf(address)) === hostOf(address),
  );
}

function dealt(zones: readonly string[], index: number): string {
  return zones.length === 0 ? "" : zones[index % zones.length]!;
}

function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(":"));
}

/** Whether the part before the port is an IP address and not a name. */
export function isNumeric(address: string): boolean {
  const host = hostOf(address);
  return host.startsWith("[") || /^\d+\.\d+\.\d+\.\d+$/.test(host);
}
