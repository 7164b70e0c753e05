import type { Simulator } from "../kernel/simulator.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import { Host } from "./cluster/host.ts";
import type { LazyHosts } from "./cluster/lazy-hosts.ts";
import { NO_LOCALITY } from "./cluster/locality.ts";

/** The cluster whose members they are. */
export interface LazyMembership {
  addHost(host: Host): void;
  removeHosts(hosts: readonly Host[]): void;
}

interface Entry {
  readonly host: Host;
  /** Whether it has been wanted since the last clean-up. */
  isUsed: boolean;
}

/**
 * The hosts of a cluster that exist because requests wanted them. Envoy's workers tell the main thread of a new host
 * and use it meanwhile; here it is a member at once.
 */
export class LazyMembers implements LazyHosts {
  private readonly entries = new Map<string, Entry>();
  private readonly membership: LazyMembership;
  private readonly simulator: Simulator;

  constructor(membership: LazyMembership, simulator: Simulator) {
    this.membership = membership;
    this.simulator = simulator;
  }

  get count(): number {
    return this.entries.size;
  }

  find(key: string): Host | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    entry.isUsed = true;
    return entry.host;
  }

  add(key: string, address: string, hostname: string): Host {
    const host = new Host({
      address,
      hostname,
      weight: 1,
      priority: 0,
      locality: NO_LOCALITY,
      metadata: {},
      healthFlags: 0,
    });
    this.entries.set(key, { host, isUsed: true });
    this.membership.addHost(host);
    return host;
  }

  /** Drops every interval what was not wanted since the last time and has no connection. */
  cleanUpEvery(interval: Nanoseconds): void {
    this.simulator.after(interval, cleanUp, { members: this, interval });
  }

  cleanUp(): void {
    const stale: Host[] = [];
    for (const [key, entry] of this.entries) {
      if (entry.isUsed || entry.host.activeConnections > 0) {
        entry.isUsed = false;
        continue;
      }
      this.entries.delete(key);
      stale.push(entry.host);
    }
    if (stale.length > 0) this.membership.removeHosts(stale);
  }
}

function cleanUp({ members, interval }: { members: LazyMembers; interval: Nanoseconds }): void {
  members.cleanUp();
  members.cleanUpEvery(interval);
}
