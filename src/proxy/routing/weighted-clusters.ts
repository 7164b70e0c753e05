import type { Message } from "../../decode/message.ts";
import { moduloU64 } from "../../hash/u64.ts";
import { headerValues, type RequestHead } from "../../http/request-head.ts";
import type { FilterLevels } from "../cluster/route-levels.ts";
import { asciiLowerCase } from "../matching/ascii.ts";
import type { RouteProblems } from "../matching/route-problems.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { ClusterSpecifier, ClusterTarget } from "./cluster-choice.ts";
import { clusterFromHeader } from "./cluster-header.ts";
import { orderOfPicks, RotatedTargets } from "./cluster-rotation.ts";
import type { FilterLevelReader } from "./filter-levels.ts";
import type { HashPolicyReader, RequestHash } from "./request-hash.ts";
import type { RouteEntry } from "./route-match.ts";
import { parseU64Modulo } from "./u64.ts";
import { routeOfWeightedCluster } from "./weighted-cluster-rewrite.ts";

/** Envoy's bound of the sum of configured weights. */
const LARGEST_TOTAL = 0xffffffff;

/** The route whose requests weighted clusters share. */
export interface WeightedRoute {
  readonly entry: RouteEntry;
  /** Takes the routes of clusters that change requests themselves. */
  readonly entries: RouteEntry[];
  /** What the levels up to the route say of HTTP filters, and the reader of those below. */
  readonly levels: FilterLevels;
  readonly filterLevelReader: FilterLevelReader;
  readonly runtime: Runtime;
  readonly problems: RouteProblems;
  readonly readHash: HashPolicyReader;
}

interface WeightedCluster {
  targetFor(head: RequestHead): ClusterTarget;
  readonly weight: number;
}

/**
 * Compiles a `route.v3.WeightedCluster`: the value modulo the sum of weights falls to the cluster whose share
 * it lies in, in the order listed. The value is the stream id, unless the header named in `header_name` gives
 * a number, or with `use_hash_policy` the route's hash policies give a hash (Envoy 1.40, source/common/router/weighted_cluster_specifier.cc).
 */
export function compileWeightedClusters(weighted: Message, route: WeightedRoute): ClusterSpecifier {
  const { entry: routeEntry, runtime, problems, readHash } = route;
  const entries = weighted.messages("clusters");
  const configured = entries.map((entry) => configuredWeight(entry, problems));
  const sum = configured.reduce((total, weight) => total + weight, 0);
  if (sum === 0) problems.reject(weighted.path, "the sum of weights must be greater than 0");
  if (sum > LARGEST_TOTAL) problems.reject(weighted.path, `the sum of weights exceeds ${LARGEST_TOTAL}`);
  const prefix = weighted.string("runtime_key_prefix");
  const clusters = entries.map((entry, i) => ({
    targetFor: compileTarget(entry, route),
    weight: prefix === "" ? configured[i]! : runtimeWeight(runtime, prefix, entry, configured[i]!),
  }));
  const hash = weighted.boolean("use_hash_policy") ? readHash(routeEntry.hashPolicies) : undefined;
  const rotates = routeEntry.retryPolicy?.boolean("refresh_cluster_on_retry") ?? false;
  const rotated = rotates ? new RotatedTargets(routeEntry, route.levels) : null;
  return pickByValue(clusters, asciiLowerCase(weighted.string("header_name")), hash, rotated);
}

function configuredWeight(entry: Message, problems: RouteProblems): number {
  const weight = entry.number("weight");
  if (weight === undefined) problems.reject(entry.path, "a weighted cluster needs a weight");
  return weight ?? 0;
}

function runtimeWeight(runtime: Runtime, prefix: string, entry: Message, otherwise: number): number {
  const value = runtime.get(`${prefix}.${entry.string("name")}`);
  return typeof value === "number" ? value : otherwise;
}

/** With settings of its own one target for each name, so that repeated requests share it. */
function compileTarget(
  entry: Message,
  { entry: routeEntry, entries, levels, filterLevelReader }: WeightedRoute,
): (head: RequestHead) => ClusterTarget {
  const nameFor = compileName(entry);
  const metadataMatch = entry.message("metadata_match");
  const filterLevels = filterLevelReader.below(entry, levels);
  const route = routeOfWeightedCluster(entry, routeEntry);
  if (route !== routeEntry) entries.push(route);
  else if (metadataMatch === undefined && filterLevels === levels) return nameFor;
  const targets = new Map<string, ClusterTarget>();
  return (head) => {
    const name = nameFor(head);
    let target = targets.get(name);
    if (target === undefined) {
      target = { name, metadataMatch, filterLevels, route, rotation: null };
      targets.set(name, target);
    }
    return target;
  };
}

function compileName(entry: Message): (head: RequestHead) => string {
  const name = entry.string("name");
  return name === "" ? clusterFromHeader(entry.string("cluster_header")) : () => name;
}

function pickByValue(
  clusters: readonly WeightedCluster[],
  valueHeader: string,
  hashOf: RequestHash | undefined,
  rotated: RotatedTargets | null,
): ClusterSpecifier {
  const weights = clusters.map(({ weight }) => weight);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const pick = (targets: readonly ClusterTarget[], residue: (sum: number) => number): ClusterTarget =>
    rotated === null
      ? targets[indexOfShare(weights, residue(total))]!
      : rotated.targetFor(targets, orderOfPicks(weights, residue));
  return (head) => {
    // Only runtime weights can sum to 0: such a request has no route.
    if (total === 0) return () => null;
    const targets = clusters.map((cluster) => cluster.targetFor(head));
    const value = valueHeader === "" ? undefined : valueFromHeader(head, valueHeader);
    if (value !== undefined) return pick(targets, (sum) => parseU64Modulo(value, sum)!);
    return (streamId, origin) => {
      const hash = hashOf?.(head, origin) ?? null;
      if (hash !== null) return pick(targets, (sum) => moduloU64(hash, sum));
      return pick(targets, (sum) => streamId.mod(sum, sum === total ? "weighted cluster" : "next cluster"));
    };
  };
}

/** The header must be there exactly once and be a number. */
function valueFromHeader(head: RequestHead, name: string): string | undefined {
  const values = headerValues(head, name);
  return values.length === 1 && parseU64Modulo(values[0]!, 1) !== undefined ? values[0] : undefined;
}

function indexOfShare(weights: readonly number[], value: number): number {
  let end = 0;
  return weights.findIndex((weight) => value < (end += weight));
}
