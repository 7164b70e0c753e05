import type { Host } from "./host.ts";

/** Hosts of a cluster that come to be when a request wants them. */
export interface LazyHosts {
  /** The host by the key under which it was added; undefined where there is none. Counts as used. */
  find(key: string): Host | undefined;
  /** Makes a member of the cluster with this address, which is `ip:port`. */
  add(key: string, address: string, hostname: string): Host;
  /** How many there are. */
  readonly count: number;
}
