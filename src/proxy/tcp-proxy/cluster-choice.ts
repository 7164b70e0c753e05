import type { Message } from "../../decode/message.ts";
import type { Random64 } from "../../random/random64.ts";
import { type MetadataPairs, readMetadataMatch } from "../cluster/metadata-match.ts";

/** A cluster that connections go to, and what they want of its hosts. */
export interface TcpRoute {
  readonly cluster: string;
  readonly metadataMatch: MetadataPairs | null;
}

/** One cluster, or several that share connections by weight. */
export interface ClusterChoice {
  readonly shares: readonly { readonly route: TcpRoute; readonly weight: number }[];
  /** 0: there is nothing to draw. */
  readonly totalWeight: number;
}

/** Reads `cluster` or `weighted_clusters` of a TcpProxy. */
export function readClusterChoice(config: Message): ClusterChoice {
  const general = config.message("metadata_match");
  const cluster = config.string("cluster");
  if (cluster !== "") {
    const route = { cluster, metadataMatch: readMetadataMatch(general) };
    return { shares: [{ route, weight: 1 }], totalWeight: 0 };
  }
  const shares = (config.message("weighted_clusters")?.messages("clusters") ?? []).map((entry) => {
    const metadataMatch = readMetadataMatch(general, entry.message("metadata_match"));
    return { route: { cluster: entry.string("name"), metadataMatch }, weight: entry.number("weight", 0) };
  });
  return { shares, totalWeight: shares.reduce((sum, { weight }) => sum + weight, 0) };
}

/**
 * The route of one attempt to connect; several clusters take one draw each time. `named`: takes the place of a single
 * cluster, and has no say among several.
 */
export function chooseCluster(
  { shares, totalWeight }: ClusterChoice,
  named: string | null,
  random: Random64,
): TcpRoute {
  if (totalWeight === 0) {
    const { route } = shares[0]!;
    return named === null ? route : { ...route, cluster: named };
  }
  random.draw("weighted cluster");
  const drawn = random.mod(totalWeight);
  let end = 0;
  return shares.find(({ weight }) => drawn < (end += weight))!.route;
}
