import type { HashKind, HashTable } from "./hash-table.ts";

/** How many tables nobody may be using any more are kept. */
const KEPT = 32;

/**
 * Tables by what they were built from, so that all processes that see the same endpoints share one. The least
 * recently wanted are forgotten; whoever uses one keeps it.
 */
export class TableCache {
  readonly #kind: HashKind;
  readonly #tables = new Map<string, HashTable>();

  constructor(kind: HashKind) {
    this.#kind = kind;
  }

  /** The table for hosts with these keys and normalised weights, in this order. */
  tableOf(keys: readonly string[], weights: readonly number[]): HashTable {
    const content = JSON.stringify([keys, weights]);
    const table = this.#tables.get(content) ?? this.#kind.build(keys, weights);
    this.#tables.delete(content);
    this.#tables.set(content, table);
    if (this.#tables.size > KEPT) this.#tables.delete(this.#tables.keys().next().value!);
    return table;
  }
}
