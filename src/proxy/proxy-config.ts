import type { Message } from "../decode/message.ts";
import { readLocality } from "./cluster/load-assignment.ts";
import type { Locality } from "./cluster/locality.ts";
import { type ClusterConfig, readCluster } from "./cluster-config.ts";
import { readGlobalConnectionLimit } from "./connection-limits.ts";
import type { FilterChainConfig } from "./filter-chain-config.ts";
import { type ListenerConfig, readListener, takesConnections } from "./listener-config.ts";
import { type OverloadConfig, readOverloadManager } from "./overload/overload-config.ts";
import { readRuntime } from "./runtime/read-runtime.ts";

/** A bootstrap, read once for all processes that use it. */
export interface ProxyConfig {
  readonly listeners: readonly ListenerConfig[];
  readonly clusters: readonly ClusterConfig[];
  /** Where the node says it is; undefined where it does not. */
  readonly locality: Locality | undefined;
  /** The cluster that the node says it belongs to; may be empty. */
  readonly nodeCluster: string;
  /** Name of the cluster whose members are the proxies beside this one; empty: none. */
  readonly localClusterName: string;
  /** Connections from clients to all listeners; Infinity: no limit. */
  readonly globalConnectionLimit: number;
  /** Undefined: overload is not watched for. */
  readonly overload: OverloadConfig | undefined;
  /** What the configuration asks for and the simulation does otherwise. */
  readonly notices: readonly ConfigNotice[];
}

export interface ConfigNotice {
  /** Such as `static_resources.clusters[0].lb_policy`. */
  readonly path: string;
  readonly text: string;
}

/** Reads a valid `bootstrap.v3.Bootstrap`. */
export function readProxyConfig(bootstrap: Message): ProxyConfig {
  const runtime = readRuntime(bootstrap.message("layered_runtime"));
  const resources = bootstrap.message("static_resources");
  const listeners = resources?.messages("listeners").map((listener) => readListener(listener, runtime)) ?? [];
  const clusters = resources?.messages("clusters").map((cluster) => readCluster(cluster, runtime)) ?? [];
  const notices = [...listeners.flatMap(noticesOfListener), ...clusters.flatMap(({ notices }) => notices)];
  const node = bootstrap.message("node");
  const locality = node?.message("locality");
  return {
    listeners,
    clusters,
    locality: locality && readLocality(locality),
    nodeCluster: node?.string("cluster") ?? "",
    localClusterName: bootstrap.message("cluster_manager")?.string("local_cluster_name") ?? "",
    globalConnectionLimit: readGlobalConnectionLimit(bootstrap.message("overload_manager"), runtime),
    overload: readOverloadManager(bootstrap.message("overload_manager")),
    notices,
  };
}

function noticesOfListener(listener: ListenerConfig): ConfigNotice[] {
  const { name, path, chains } = listener;
  if (!takesConnections(listener)) {
    const text = `listener "${name}" has no HTTP connection manager and no TCP proxy: it takes no connections in the simulation`;
    return [{ path, text }];
  }
  return [
    ...chains.problems.map(({ path: at, reason }) => ({ path: at, text: reason })),
    ...chains.all.flatMap(noticesOfChain),
  ];
}

function noticesOfChain({ path, terminal }: FilterChainConfig): ConfigNotice[] {
  if (terminal === undefined) {
    const text =
      "this filter chain has no HTTP connection manager and no TCP proxy: its connections are closed in the simulation";
    return [{ path, text }];
  }
  if (terminal.kind === "tcp") return [];
  return terminal.config.routes.unmodelled.map(({ path: at, reason }) => ({
    path: at,
    text: `${reason}: this route never matches in the simulation`,
  }));
}
