import type { Host } from "../../cluster/host.ts";
import { compareLocalities, type Locality, localityKey } from "../../cluster/locality.ts";
import type { HostSet } from "../../cluster/priority-set.ts";

/** The hosts of one priority that are in the same place, and who of them may be used. */
export interface LocalityGroup {
  readonly key: string;
  readonly hosts: readonly Host[];
  readonly healthy: readonly Host[];
  readonly degraded: readonly Host[];
  readonly excluded: readonly Host[];
  /** As configured; 0 where nothing is. */
  readonly weight: number;
}

/** The localities of a host set in Envoy's order. */
export interface LocalityGroups {
  /** Whether the first group is that of the proxy's own locality. */
  readonly hasLocal: boolean;
  readonly groups: readonly LocalityGroup[];
}

const remembered = new WeakMap<
  HostSet,
  { readonly own: Locality | undefined; readonly groups: LocalityGroups }
>();

/**
 * Groups a host set by locality: the proxy's own first, if it has hosts there, the others by region, zone and
 * sub-zone (Envoy 1.40, `PriorityStateManager::updateClusterPrioritySet`). All workers of a process share the
 * answer for a set.
 */
export function groupByLocality(set: HostSet, own: Locality | undefined): LocalityGroups {
  const known = remembered.get(set);
  if (known !== undefined && known.own === own) return known.groups;
  const groups =
    set.partOf === undefined ? groupAll(set, own) : groupPart(set, groupByLocality(set.partOf, own));
  remembered.set(set, { own, groups });
  return groups;
}

function groupAll(set: HostSet, own: Locality | undefined): LocalityGroups {
  const found = new Map<string, Locality>();
  for (const { endpoint } of set.hosts) found.set(localityKey(endpoint.locality), endpoint.locality);
  const ownKey = own === undefined ? undefined : localityKey(own);
  const hasLocal = ownKey !== undefined && found.has(ownKey);
  const order = [...found].sort(([, a], [, b]) => compareLocalities(a, b)).map(([key]) => key);
  const keys = hasLocal ? [ownKey, ...order.filter((key) => key !== ownKey)] : order;
  return { hasLocal, groups: makeGroups(set, keys) };
}

function groupPart(set: HostSet, whole: LocalityGroups): LocalityGroups {
  return {
    hasLocal: whole.hasLocal,
    groups: makeGroups(
      set,
      whole.groups.map(({ key }) => key),
    ),
  };
}

function makeGroups(set: HostSet, keys: readonly string[]): LocalityGroup[] {
  const hosts = split(set.hosts, keys);
  const healthy = split(set.healthy, keys);
  const degraded = split(set.degraded, keys);
  const excluded = split(set.excluded, keys);
  return keys.map((key, i) => ({
    key,
    hosts: hosts[i]!,
    healthy: healthy[i]!,
    degraded: degraded[i]!,
    excluded: excluded[i]!,
    weight: set.localityWeights?.get(key) ?? 0,
  }));
}

function split(hosts: readonly Host[], keys: readonly string[]): Host[][] {
  const lists = new Map<string, Host[]>(keys.map((key) => [key, []]));
  for (const host of hosts) lists.get(localityKey(host.endpoint.locality))!.push(host);
  return [...lists.values()];
}
