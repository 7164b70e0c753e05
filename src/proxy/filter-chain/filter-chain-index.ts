import { Message, ReadLog } from "../../decode/message.ts";
import type { ConnectionFacts } from "./connection-facts.ts";
import { filterChainLevels, hasAmbiguousRanges } from "./filter-chain-levels.ts";

interface Entry<Chain> {
  readonly chain: Chain;
  /** What it asks for, by level. */
  readonly keys: readonly ReadonlySet<string>[];
}

const NO_MATCH = new Message({}, "", new ReadLog());

/**
 * Finds the filter chain of a connection by `FilterChainMatch`. Level by level the most specific of the keys that
 * the chains still considered ask for counts, and only chains that ask for it go on: there is no way back, so that
 * one chain for a port keeps connections to it from all chains without a port (Envoy 1.40,
 * source/common/listener_manager/filter_chain_manager_impl.cc).
 */
export class FilterChainIndex<Chain> {
  private readonly levels = filterChainLevels();
  private readonly entries: readonly Entry<Chain>[];

  /** `matches`: of each chain, in order; undefined where it asks for nothing. */
  constructor(chains: readonly Chain[], matches: readonly (Message | undefined)[]) {
    this.entries = chains.map((chain, i) => ({
      chain,
      keys: this.levels.map((level) => new Set(level.keysOf(matches[i] ?? NO_MATCH))),
    }));
  }

  /** Null: no chain takes the connection. */
  find(facts: ConnectionFacts): Chain | null {
    let left = this.entries;
    for (const [i, level] of this.levels.entries()) {
      const key = level.choose(facts, keysAt(left, i));
      if (key === undefined) return null;
      left = left.filter(({ keys }) => keys[i]!.has(key));
    }
    return left[0]?.chain ?? null;
  }

  /** Levels at which Envoy itself decides by chance at its start. */
  ambiguousLevels(): readonly string[] {
    return this.levels.filter((_, i) => hasAmbiguousRanges(keysAt(this.entries, i))).map(({ name }) => name);
  }
}

function keysAt(entries: readonly Entry<unknown>[], level: number): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const entry of entries) for (const key of entry.keys[level]!) keys.add(key);
  return keys;
}
