import type { ProxyCluster } from "./proxy-cluster.ts";

/** The clusters that an aggregate cluster names; others name none. */
export function membersOf({ config: { provided } }: ProxyCluster): readonly string[] {
  return provided?.kind === "aggregate" ? provided.clusters : [];
}

/** In their order, but aggregate clusters after what they name; one that names itself finds nothing there. */
export function membersFirst(clusters: readonly ProxyCluster[]): ProxyCluster[] {
  const ordered = new Set<ProxyCluster>();
  const visited = new Set<ProxyCluster>();
  const visit = (cluster: ProxyCluster): void => {
    if (visited.has(cluster)) return;
    visited.add(cluster);
    const members = membersOf(cluster);
    for (const other of clusters) if (members.includes(other.name)) visit(other);
    ordered.add(cluster);
  };
  for (const cluster of clusters) visit(cluster);
  return [...ordered];
}
