import { type Endpoint, Host } from "./host.ts";
import type { LocalityWeights } from "./locality.ts";

/** The hosts of one priority and who of them may be used; replaced as a whole when it changes. */
export interface HostSet {
  readonly priority: number;
  /** Integer percent; 140 by default. */
  readonly overprovisioningFactor: number;
  /** Whether priority health is by weight instead of by count. */
  readonly weightedPriorityHealth: boolean;
  readonly hosts: readonly Host[];
  readonly healthy: readonly Host[];
  readonly degraded: readonly Host[];
  readonly excluded: readonly Host[];
  /** Weights of its localities; absent where localities are not to be weighed. */
  readonly localityWeights?: LocalityWeights;
  /** The set of which it is a part: it keeps that set's localities, those without hosts included. */
  readonly partOf?: HostSet;
}

/** The host sets of a cluster by priority, without gaps. Balancers read it; the cluster replaces its sets. */
export interface PrioritySet {
  readonly hostSets: readonly HostSet[];
}

/** Sorts hosts by their present health; every list keeps the order of `hosts`. */
export function makeHostSet(
  priority: number,
  hosts: readonly Host[],
  overprovisioningFactor = 140,
  weightedPriorityHealth = false,
  localityWeights?: LocalityWeights,
): HostSet {
  return {
    priority,
    overprovisioningFactor,
    weightedPriorityHealth,
    hosts,
    healthy: hosts.filter((host) => host.coarseHealth === "healthy"),
    degraded: hosts.filter((host) => host.coarseHealth === "degraded"),
    excluded: hosts.filter((host) => host.isExcluded),
    ...(localityWeights !== undefined && { localityWeights }),
  };
}

/** What discovery says of a cluster's members: `endpoint.v3.ClusterLoadAssignment`. */
export interface Assignment {
  /** In the order in which they are listed, locality by locality. */
  readonly endpoints: readonly Endpoint[];
  readonly overprovisioningFactor: number;
  readonly weightedPriorityHealth: boolean;
  /** Weights of localities, by priority. */
  readonly localityWeights: readonly LocalityWeights[];
  /** Share of requests to be dropped instead of sent, 0 to 1. */
  readonly dropOverload: number;
}

const NO_WEIGHTS: LocalityWeights = new Map();

/** The host sets of one cluster in one proxy process. Priorities that the assignment leaves out are empty. */
export class ClusterPrioritySet implements PrioritySet {
  readonly #assignment: Assignment;
  readonly #listeners: ((priority: number) => void)[] = [];
  readonly #hostSets: HostSet[] = [];

  constructor(assignment: Assignment) {
    this.#assignment = assignment;
    const hosts = assignment.endpoints.map((endpoint) => new Host(endpoint));
    const last = hosts.reduce((most, host) => Math.max(most, host.endpoint.priority), 0);
    for (let priority = 0; priority <= last; priority++)
      this.#sort(
        priority,
        hosts.filter((host) => host.endpoint.priority === priority),
      );
  }

  get hostSets(): readonly HostSet[] {
    return this.#hostSets;
  }

  /** All hosts, priority by priority. */
  get hosts(): readonly Host[] {
    return this.#hostSets.flatMap((set) => set.hosts);
  }

  /** Registers who is told of each replaced host set; they are called in the order of registration. */
  onUpdate(listener: (priority: number) => void): void {
    this.#listeners.push(listener);
  }

  /** Gives a priority other hosts. */
  replace(priority: number, hosts: readonly Host[]): void {
    this.#sort(priority, hosts);
    for (const listener of this.#listeners) listener(priority);
  }

  /** Sorts the hosts of a priority anew, after their weights or health flags have changed. */
  refresh(priority: number): void {
    this.#sort(priority, this.#hostSets[priority]?.hosts ?? []);
    for (const listener of this.#listeners) listener(priority);
  }

  #sort(priority: number, hosts: readonly Host[]): void {
    const { overprovisioningFactor, weightedPriorityHealth, localityWeights } = this.#assignment;
    this.#hostSets[priority] = makeHostSet(
      priority,
      hosts,
      overprovisioningFactor,
      weightedPriorityHealth,
      localityWeights[priority] ?? NO_WEIGHTS,
    );
  }
}
