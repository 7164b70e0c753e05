import { didYouMean } from "../decode/nearest.ts";
import type { ClientSpec, ProxySpec, Scenario } from "../scenario/scenario.ts";
import { defaultProxyAddress, listenerAddresses, replicaAddress } from "./addresses.ts";
import { checkPressure } from "./check-pressure.ts";
import { claimAddresses } from "./claim-addresses.ts";
import { withComparisonPolicies } from "./comparison-policies.ts";
import type { LoadedProxy } from "./load-proxy.ts";
import type { ClientPlan, HostPlan, ProxyPlan, ServicePlan, WorldPlan } from "./plan.ts";
import type { PlanReport } from "./plan-report.ts";
import { addressesOf, isNumeric, planServices } from "./plan-services.ts";

/** Resolves names and addresses of a scenario and its proxies; reports what does not fit together. */
export function planWorld(scenario: Scenario, loaded: readonly LoadedProxy[], report: PlanReport): WorldPlan {
  const { services, discovered } = planServices(scenario.services, loaded, report);
  const proxies = scenario.proxies.map((spec, index) => planProxy(spec, index, loaded, discovered, report));
  claimAddresses(services, proxies, report);
  checkPressure(scenario, proxies, report);
  const unclaimed = unclaimedHosts(services, proxies);
  const clients = scenario.clients.map((client) => planClient(client, services, proxies, report));
  return { scenario, proxies, services, unclaimed, clients, names: namesOf(scenario, services) };
}

function namesOf({ services: specs }: Scenario, services: readonly ServicePlan[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { name, dns } of specs) {
    const first = services.find((service) => service.name === name)?.hosts[0];
    if (dns !== undefined && first !== undefined) names.set(dns, first.address.replace(/:\d+$/, ""));
  }
  return names;
}

function planProxy(
  spec: ProxySpec,
  index: number,
  loaded: readonly LoadedProxy[],
  discovered: ReadonlyMap<string, ProxyPlan["discovered"]>,
  report: PlanReport,
): ProxyPlan {
  const first = spec.address ?? defaultProxyAddress(index);
  const { config } = loaded.find(({ name }) => name === spec.name)!;
  return {
    name: spec.name,
    config: withComparisonPolicies(config, spec, report),
    replicas: Array.from({ length: spec.replicas }, (_, replica) => ({
      address: replicaAddress(first, replica),
      zone: spec.zones.length === 0 ? "" : spec.zones[replica % spec.zones.length]!,
    })),
    discovered: discovered.get(spec.name)!,
  };
}

/** Endpoints of clusters that are neither a service's hosts nor a proxy's listeners, in order. */
function unclaimedHosts(services: readonly ServicePlan[], proxies: readonly ProxyPlan[]): HostPlan[] {
  const taken = new Set(services.flatMap(addressesOf));
  for (const proxy of proxies) {
    for (const { addresses } of listenerAddresses(proxy)) for (const address of addresses) taken.add(address);
  }
  const unclaimed = new Map<string, HostPlan>();
  for (const { config, discovered } of proxies) {
    for (const cluster of config.clusters) {
      if (discovered.has(cluster.name)) continue;
      for (const { address, locality } of cluster.assignment.endpoints) {
        if (taken.has(address) || unclaimed.has(address) || !isNumeric(address)) continue;
        unclaimed.set(address, { address, zone: locality.zone, cluster: cluster.name });
      }
    }
  }
  return [...unclaimed.values()];
}

function planClient(
  client: ClientSpec,
  services: readonly ServicePlan[],
  proxies: readonly ProxyPlan[],
  report: PlanReport,
): ClientPlan {
  const service = services.find(({ name }) => name === client.to);
  const proxy = proxies.find(({ name }) => name === client.to);
  const targets =
    proxy === undefined
      ? (service?.hosts.map(({ address }) => address) ?? [])
      : proxyTargets(client, proxy, report);
  if (proxy !== undefined && client.protocol === "tcp") checkTakesTcp(client, proxy, report);
  return { name: client.name, isDirect: service !== undefined, targets };
}

/** Bytes that are no HTTP are of no use to an HTTP connection manager. */
function checkTakesTcp({ name, listener }: ClientSpec, proxy: ProxyPlan, report: PlanReport): void {
  const chosen = proxy.config.listeners.filter((each) => listener === undefined || each.name === listener);
  const chains = chosen.flatMap(({ chains }) => chains.all);
  if (chains.some(({ terminal }) => terminal?.kind === "tcp")) return;
  const message = `client "${name}" speaks TCP, and proxy "${proxy.name}" has no TCP proxy for it`;
  report(["clients", name, "protocol"], "contradiction", message, "say protocol: http1, or http2");
}

function proxyTargets(client: ClientSpec, proxy: ProxyPlan, report: PlanReport): readonly string[] {
  const listeners = listenerAddresses(proxy);
  const names = listeners.map(({ name }) => name);
  if (client.listener === undefined) {
    if (listeners.length === 1) return listeners[0]!.addresses;
    const [message, remedy] =
      listeners.length === 0
        ? [
            `proxy "${proxy.name}" has no listener with an HTTP connection manager or a TCP proxy`,
            "send to another proxy",
          ]
        : [
            `proxy "${proxy.name}" has ${listeners.length} listeners: ${names.join(", ")}`,
            "say which, with listener: NAME",
          ];
    report(["clients", client.name, "to"], "ambiguous-listener", message, remedy);
    return [];
  }
  const listener = listeners.find(({ name }) => name === client.listener);
  if (listener === undefined) {
    const message = `proxy "${proxy.name}" has no listener "${client.listener}"${didYouMean(client.listener, names)}`;
    report(
      ["clients", client.name, "listener"],
      "dangling-name",
      message,
      `it has: ${names.join(", ") || "none"}`,
    );
    return [];
  }
  return listener.addresses;
}
