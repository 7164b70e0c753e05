import type { Message } from "../../decode/message.ts";
import { readDropOverload } from "./drop-overload.ts";
import { type Endpoint, type EndpointHealthCheck, HealthFlag } from "./host.ts";
import { type Locality, type LocalityWeights, localityKey, NO_LOCALITY } from "./locality.ts";
import type { Assignment } from "./priority-set.ts";

/** Envoy's default of `policy.overprovisioning_factor`, in percent (endpoint.v3.ClusterLoadAssignment). */
const OVERPROVISIONING_FACTOR = 140;

/** Reads a `ClusterLoadAssignment`; a cluster without one has no members. */
export function readLoadAssignment(assignment: Message | undefined): Assignment {
  const policy = assignment?.message("policy");
  const groups = assignment?.messages("endpoints") ?? [];
  return {
    endpoints: groups.flatMap(readLocalityEndpoints),
    overprovisioningFactor: policy?.number("overprovisioning_factor") ?? OVERPROVISIONING_FACTOR,
    weightedPriorityHealth: policy?.boolean("weighted_priority_health") ?? false,
    localityWeights: readLocalityWeights(groups),
    dropOverload: readDropOverload(policy?.messages("drop_overloads") ?? []),
  };
}

/** By priority. A group of endpoints that names no locality records no weight, as in Envoy. */
function readLocalityWeights(groups: readonly Message[]): LocalityWeights[] {
  const weights: Map<string, number>[] = [];
  for (const group of groups) {
    const locality = group.message("locality");
    const weight = group.number("load_balancing_weight");
    if (locality === undefined || weight === undefined) continue;
    const priority = group.number("priority", 0);
    while (weights.length <= priority) weights.push(new Map());
    weights[priority]!.set(localityKey(readLocality(locality)), weight);
  }
  return weights;
}

function readLocalityEndpoints(group: Message): Endpoint[] {
  const priority = group.number("priority", 0);
  const locality = readLocality(group.message("locality"));
  return group.messages("lb_endpoints").map((member) => readEndpoint(member, priority, locality));
}

/** Reads a `core.v3.Locality`. */
export function readLocality(locality: Message | undefined): Locality {
  if (locality === undefined) return NO_LOCALITY;
  return {
    region: locality.string("region"),
    zone: locality.string("zone"),
    subZone: locality.string("sub_zone"),
  };
}

function readEndpoint(member: Message, priority: number, locality: Locality): Endpoint {
  const endpoint = member.message("endpoint");
  const address = readAddress(endpoint?.message("address"));
  const healthCheck = endpoint?.message("health_check_config");
  return {
    address,
    hostname: endpoint?.string("hostname") ?? "",
    weight: Math.max(1, member.number("load_balancing_weight", 1)),
    priority,
    locality,
    metadata: readMetadata(member.message("metadata")),
    healthFlags: healthFlagsOf(member.enum("health_status", "UNKNOWN")),
    ...(healthCheck !== undefined && { healthCheck: readEndpointHealthCheck(healthCheck, address) }),
  };
}

/** A port alone is one of the endpoint's own IP. */
function readEndpointHealthCheck(config: Message, address: string): EndpointHealthCheck {
  const port = config.number("port_value", 0);
  const ofPort = port === 0 ? address : `${address.slice(0, address.lastIndexOf(":"))}:${port}`;
  return {
    hostname: config.string("hostname"),
    address: readAddress(config.message("address")) || ofPort,
    isDisabled: config.boolean("disable_active_health_check"),
  };
}

/** `ip:port`, `[ip]:port` for IPv6, the path of a pipe; the name in place of the ip for DNS clusters. */
export function readAddress(address: Message | undefined): string {
  const socket = address?.message("socket_address");
  if (socket === undefined) return address?.message("pipe")?.string("path") ?? "";
  const ip = socket.string("address");
  const port = socket.number("port_value", 0);
  return ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;
}

function readMetadata(metadata: Message | undefined): Readonly<Record<string, unknown>> {
  const filterMetadata = metadata?.message("filter_metadata");
  return (filterMetadata?.raw("envoy.lb") as Readonly<Record<string, unknown>> | undefined) ?? {};
}

/** The health flags that discovery's `core.v3.HealthStatus` sets (Envoy 1.40, source/common/upstream). */
export function healthFlagsOf(healthStatus: string): number {
  switch (healthStatus) {
    case "UNHEALTHY":
    case "TIMEOUT":
      return HealthFlag.failedEdsHealth;
    case "DRAINING":
      return HealthFlag.edsStatusDraining;
    case "DEGRADED":
      return HealthFlag.degradedEdsHealth;
    default:
      return 0;
  }
}
