import type { Endpoint } from "../proxy/cluster/host.ts";
import type { ProxyConfig } from "../proxy/proxy-config.ts";
import type { Scenario } from "../scenario/scenario.ts";

/** Everything resolved that a world is built from: plain data, shared by all runs of a scenario and variant. */
export interface WorldPlan {
  readonly scenario: Scenario;
  readonly proxies: readonly ProxyPlan[];
  readonly services: readonly ServicePlan[];
  /** Endpoints that no service claims: hosts with default behaviour. */
  readonly unclaimed: readonly HostPlan[];
  readonly clients: readonly ClientPlan[];
  /** The `dns` names of services and the IP address of the first host of each. */
  readonly names: ReadonlyMap<string, string>;
}

export interface ProxyPlan {
  readonly name: string;
  readonly config: ProxyConfig;
  /** Address and zone of each replica. */
  readonly replicas: readonly { readonly address: string; readonly zone: string }[];
  /** Members of the clusters that learn them by discovery, by the cluster's name. */
  readonly discovered: ReadonlyMap<string, readonly Endpoint[]>;
}

export interface ServicePlan {
  readonly name: string;
  readonly hosts: readonly HostPlan[];
}

export interface HostPlan {
  /** `ip:port`. */
  readonly address: string;
  /** The same host at other ports, by which other clusters know it. */
  readonly others?: readonly string[];
  /** Empty: none. */
  readonly zone: string;
  /** The cluster that lists it. */
  readonly cluster: string;
}

export interface ClientPlan {
  readonly name: string;
  readonly isDirect: boolean;
  /** `ip:port` of each replica's listener or each host that it may ask. */
  readonly targets: readonly string[];
}
