import { type Endpoint, Host } from "../../src/proxy/cluster/host.ts";
import { NO_LOCALITY } from "../../src/proxy/cluster/locality.ts";
import { type HostSet, makeHostSet, type PrioritySet } from "../../src/proxy/cluster/priority-set.ts";

/** A host for tests; addresses follow the index. */
export function testHost(index: number, settings: Partial<Endpoint> = {}): Host {
  return new Host({
    address: `10.0.0.${index + 1}:8080`,
    hostname: "",
    weight: 1,
    priority: 0,
    locality: NO_LOCALITY,
    metadata: {},
    healthFlags: 0,
    ...settings,
  });
}

/** Healthy hosts with these weights. */
export function hostsWithWeights(weights: readonly number[]): Host[] {
  return weights.map((weight, i) => testHost(i, { weight }));
}

/** A priority set whose sets a test replaces as it likes; one list of hosts for each priority. */
export class TestPrioritySet implements PrioritySet {
  hostSets: HostSet[];

  constructor(...hosts: (readonly Host[])[]) {
    this.hostSets = hosts.map((list, priority) => makeHostSet(priority, list));
  }

  /** Sorts a priority's hosts anew, or replaces them. */
  replace(priority: number, hosts: readonly Host[] = this.hostSets[priority]?.hosts ?? []): void {
    this.hostSets[priority] = makeHostSet(priority, hosts);
  }
}
