import type { U64 } from "../../../hash/u64.ts";

/** Which place of a list of hosts a hash falls to. */
export interface HashTable {
  /** The place for a hash; `attempt` counts the hosts rejected before, for which another is looked up. */
  lookUp(hash: U64, attempt: number): number;
  /** Of each place, the share of all hashes that falls to it; for explanations. */
  shares(): readonly number[];
  /** Figures for the cluster's gauges, by their names. */
  readonly gauges: Readonly<Record<string, number>>;
}

/** A way of consistent hashing. */
export interface HashKind {
  /** Builds the table for hosts with these keys and weights that sum to 1; there is at least one. */
  build(keys: readonly string[], weights: readonly number[]): HashTable;
}
