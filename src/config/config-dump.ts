import { entryOf, type ListNode, type MapEntry, type MapNode, type TextNode } from "../decode/text-node.ts";

/** Whether this is what Envoy's admin page answers at /config_dump. */
export function isConfigDump(root: MapNode): boolean {
  return listAt(root, "configs").some((config) => dumpType(config).endsWith("ConfigDump"));
}

/**
 * The bootstrap that a running proxy's dump amounts to: what it had discovered stands where a static
 * configuration has it. Route tables take the place of RDS (without the check of clusters, which tables over
 * RDS do not get), endpoints the place of EDS. Nodes keep their places in the text.
 */
export function bootstrapOfDump(root: MapNode): MapNode {
  const parts = (type: string): TextNode[] =>
    listAt(root, "configs").filter((config) => dumpType(config) === type);
  const bootstrap = entryOf(parts("BootstrapConfigDump")[0] ?? root, "bootstrap")?.value;
  const base: MapNode = bootstrap?.kind === "map" ? bootstrap : { kind: "map", entries: [], span: root.span };
  const fixed = entryOf(base, "static_resources")?.value ?? { kind: "map", entries: [], span: root.span };
  const routes = byName(parts("RoutesConfigDump").flatMap(routeTables), "name");
  const endpoints = byName(parts("EndpointsConfigDump").flatMap(assignments), "cluster_name");
  const listeners = [...listAt(fixed, "listeners"), ...parts("ListenersConfigDump").flatMap(dumpedListeners)];
  const clusters = [...listAt(fixed, "clusters"), ...parts("ClustersConfigDump").flatMap(dumpedClusters)];
  const inlined = distinct(listeners).map((listener) => withRoutes(listener, routes));
  const filled = distinct(clusters).map((cluster) => withEndpoints(cluster, endpoints));
  const resources = withEntry(withEntry(fixed as MapNode, "listeners", inlined), "clusters", filled);
  return withoutDiscovery(withEntry(withoutRelics(base), "static_resources", resources));
}

function dumpType(config: TextNode): string {
  const type = entryOf(config, "@type")?.value;
  return type?.kind === "scalar" ? type.text.slice(type.text.lastIndexOf(".") + 1) : "";
}

function listAt(node: TextNode | undefined, key: string): readonly TextNode[] {
  const list = node && entryOf(node, key)?.value;
  return list?.kind === "list" ? list.items : [];
}

function children(nodes: readonly TextNode[], key: string): TextNode[] {
  return nodes.flatMap((node) => entryOf(node, key)?.value ?? []);
}

function dumpedListeners(dump: TextNode): TextNode[] {
  const dynamic = listAt(dump, "dynamic_listeners");
  const states = dynamic.flatMap(
    (listener) => children([listener], "active_state")[0] ?? children([listener], "warming_state"),
  );
  return [...children(listAt(dump, "static_listeners"), "listener"), ...children(states, "listener")];
}

function dumpedClusters(dump: TextNode): TextNode[] {
  const lists = ["static_clusters", "dynamic_active_clusters", "dynamic_warming_clusters"];
  return lists.flatMap((list) => children(listAt(dump, list), "cluster"));
}

function routeTables(dump: TextNode): TextNode[] {
  return children(listAt(dump, "dynamic_route_configs"), "route_config");
}

function assignments(dump: TextNode): TextNode[] {
  const lists = ["static_endpoint_configs", "dynamic_endpoint_configs"];
  return lists.flatMap((list) => children(listAt(dump, list), "endpoint_config"));
}

function textAt(node: TextNode, key: string): string {
  const value = entryOf(node, key)?.value;
  return value?.kind === "scalar" ? value.text : "";
}

function byName(nodes: readonly TextNode[], key: string): Map<string, MapNode> {
  return new Map(
    nodes.filter((node) => node.kind === "map").map((node) => [textAt(node, key), withoutType(node)]),
  );
}

/** The first of each name, without the `@type` that resources carry in a dump. */
function distinct(nodes: readonly TextNode[]): MapNode[] {
  const seen = new Set<string>();
  return nodes
    .filter((node) => node.kind === "map")
    .filter((node) => {
      const name = textAt(node, "name");
      return name === "" || (!seen.has(name) && seen.add(name));
    })
    .map(withoutType);
}

function withoutType(node: MapNode): MapNode {
  return { ...node, entries: node.entries.filter(({ key }) => key !== "@type") };
}

/** A connection manager that asks RDS for a table at hand gets it inline. */
function withRoutes<Node extends TextNode>(node: Node, routes: ReadonlyMap<string, MapNode>): Node {
  if (node.kind === "list") return { ...node, items: node.items.map((item) => withRoutes(item, routes)) };
  if (node.kind !== "map") return node;
  const entries = node.entries.map((entry): MapEntry => {
    const table = entry.key === "rds" ? routes.get(textAt(entry.value, "route_config_name")) : undefined;
    if (table === undefined) return { ...entry, value: withRoutes(entry.value, routes) };
    return { ...entry, key: "route_config", value: unchecked(table) };
  });
  return { ...node, entries };
}

function unchecked(table: MapNode): MapNode {
  if (entryOf(table, "validate_clusters") !== undefined) return table;
  return withEntry(table, "validate_clusters", {
    kind: "scalar",
    text: "false",
    quoted: false,
    value: false,
    span: table.span,
  });
}

/** An EDS cluster whose endpoints are at hand has them itself. */
function withEndpoints(cluster: MapNode, endpoints: ReadonlyMap<string, MapNode>): MapNode {
  const eds = entryOf(cluster, "eds_cluster_config")?.value;
  const name = (eds && textAt(eds, "service_name")) || textAt(cluster, "name");
  const assignment = textAt(cluster, "type") === "EDS" ? endpoints.get(name) : undefined;
  if (assignment === undefined) return cluster;
  const kept = cluster.entries.filter(({ key }) => key !== "eds_cluster_config");
  const type: TextNode = {
    kind: "scalar",
    text: "STATIC",
    quoted: true,
    value: "STATIC",
    span: cluster.span,
  };
  return withEntry(withEntry({ ...cluster, entries: kept }, "type", type), "load_assignment", assignment);
}

/** Old proxies dump fields of the node that no definition has any more. */
function withoutRelics(bootstrap: MapNode): MapNode {
  const node = entryOf(bootstrap, "node")?.value;
  if (node?.kind !== "map") return bootstrap;
  const entries = node.entries.filter(({ key }) => !key.startsWith("hidden_envoy_deprecated_"));
  return withEntry(bootstrap, "node", { ...node, entries });
}

/** Listeners and clusters have been discovered already; the aggregated stream may still serve others. */
function withoutDiscovery(bootstrap: MapNode): MapNode {
  const resources = entryOf(bootstrap, "dynamic_resources")?.value;
  if (resources?.kind !== "map") return bootstrap;
  const kept = resources.entries.filter(({ key }) => key !== "lds_config" && key !== "cds_config");
  return withEntry(bootstrap, "dynamic_resources", { ...resources, entries: kept });
}

function withEntry(node: MapNode, key: string, value: TextNode | readonly TextNode[]): MapNode {
  const list = Array.isArray(value)
    ? ({ kind: "list", items: value, span: node.span } satisfies ListNode)
    : (value as TextNode);
  const entry = entryOf(node, key) ?? { key, keySpan: node.span, keyTag: "", value: list };
  return { ...node, entries: [...node.entries.filter((one) => one.key !== key), { ...entry, value: list }] };
}
