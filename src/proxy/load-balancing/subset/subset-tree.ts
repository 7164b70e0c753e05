import type { Json } from "../../../decode/message.ts";
import type { Host } from "../../cluster/host.ts";
import { isList, metadataKey, metadataValue } from "../../cluster/metadata-value.ts";
import type { MetadataMatch } from "../policy.ts";
import type { HostSubset } from "./host-subset.ts";

/** A subset, or a place on the way to longer ones. */
export interface SubsetEntry {
  subset: HostSubset | null;
  readonly children: Map<string, SubsetEntry>;
}

/** The subsets of a cluster by the keys and values that their hosts share. */
export class SubsetTree {
  readonly #root: SubsetEntry = { subset: null, children: new Map() };

  /** The entry for exactly these keys and values, which are in the order of the keys. */
  find(match: MetadataMatch): SubsetEntry | undefined {
    if (match.length === 0) return undefined;
    let entry: SubsetEntry | undefined = this.#root;
    for (const key of pairKeys(match)) {
      entry = entry.children.get(key);
      if (entry === undefined) return undefined;
    }
    return entry;
  }

  findOrCreate(match: MetadataMatch): SubsetEntry {
    let entry = this.#root;
    for (const key of pairKeys(match)) {
      let child = entry.children.get(key);
      if (child === undefined) entry.children.set(key, (child = { subset: null, children: new Map() }));
      entry = child;
    }
    return entry;
  }

  /** Every entry that has a subset, those on the way to others first. */
  *subsets(entry: SubsetEntry = this.#root): Generator<HostSubset> {
    for (const child of entry.children.values()) {
      if (child.subset !== null) yield child.subset;
      yield* this.subsets(child);
    }
  }

  /** Removes entries without hosts that lead to none; calls `removed` for each of their subsets. */
  purge(removed: () => void, entry: SubsetEntry = this.#root): void {
    for (const [key, child] of entry.children) {
      this.purge(removed, child);
      if (child.subset?.isActive || child.children.size > 0) continue;
      if (child.subset !== null) removed();
      entry.children.delete(key);
    }
  }
}

const knownKeys = new WeakMap<MetadataMatch, readonly string[]>();

/** A text for each pair, the same for equal pairs; most requests bring the same match of their route. */
function pairKeys(match: MetadataMatch): readonly string[] {
  let keys = knownKeys.get(match);
  if (keys === undefined) {
    keys = match.map(([key, value]) => `${JSON.stringify(key)}=${metadataKey(value)}`);
    knownKeys.set(match, keys);
  }
  return keys;
}

/**
 * The values of a host for these keys, empty if it lacks one; with `listAsAny` once for each combination of
 * elements of lists.
 */
export function combinationsOf(
  { endpoint }: Host,
  keys: readonly string[],
  listAsAny: boolean,
): MetadataMatch[] {
  let combinations: (readonly [string, Json])[][] = [];
  for (const key of keys) {
    const value = metadataValue(endpoint.metadata, key);
    if (value === undefined) return [];
    const values = listAsAny && isList(value) ? value : [value];
    // Envoy starts anew where an empty list has left nothing to extend.
    const before = combinations.length === 0 ? [[]] : combinations;
    combinations = before.flatMap((pairs) => values.map((one) => [...pairs, [key, one] as const]));
  }
  return combinations;
}
