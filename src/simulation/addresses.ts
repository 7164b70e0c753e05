import { isUnspecified, takesConnections } from "../proxy/listener-config.ts";
import { formatIpv4, parseIpv4 } from "../scenario/address.ts";
import type { ProxyPlan } from "./plan.ts";

const HOSTS_PER_BLOCK = 250;

/** Hosts of one service with `replicas`, and such services, that have addresses. */
export const MOST_HOSTS = 256 * HOSTS_PER_BLOCK;
export const MOST_SERVICES = 128;

/** Address of host i of the s-th service with `replicas` (both from 0): 10.(128+s).⌊i/250⌋.(1 + i mod 250). */
export function hostAddress(service: number, host: number): string {
  return `10.${128 + service}.${Math.trunc(host / HOSTS_PER_BLOCK)}.${1 + (host % HOSTS_PER_BLOCK)}`;
}

/** Address of replica r of a proxy: that of replica 0 plus r. */
export function replicaAddress(first: string, replica: number): string {
  const address = parseIpv4(first);
  return address === undefined ? first : formatIpv4(address + replica);
}

/** First address of the p-th proxy that gives none: out of a block that is used for nothing else. */
export function defaultProxyAddress(proxy: number): string {
  return `100.${64 + proxy}.0.1`;
}

/**
 * `ip:port` of every listener of a proxy that takes connections, by replica. One without a name is called by its address,
 * such as `0.0.0.0:8080`.
 */
export function listenerAddresses({ config, replicas }: ProxyPlan): { name: string; addresses: string[] }[] {
  return config.listeners
    .filter((listener) => listener.bindsToPort && takesConnections(listener))
    .map(({ name, address, port }) => ({
      name: name === "" ? `${address}:${port}` : name,
      addresses: replicas.map((replica) => `${isUnspecified(address) ? replica.address : address}:${port}`),
    }));
}
