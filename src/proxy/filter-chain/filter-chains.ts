import type { Message } from "../../decode/message.ts";
import { type RouteProblem, RouteProblems } from "../matching/route-problems.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { ConnectionFacts } from "./connection-facts.ts";
import { FilterChainIndex } from "./filter-chain-index.ts";
import { compileFilterChainTree } from "./filter-chain-tree.ts";

/** The filter chains of a listener and how one is chosen for a connection. */
export interface FilterChains<Chain> {
  /** In the order of the configuration, the default one last. */
  readonly all: readonly Chain[];
  /** The chain of every connection, where there is nothing to choose by; null: there is. */
  readonly only: Chain | null;
  /** Null: no chain takes the connection, which Envoy closes. */
  readonly choose: (facts: ConnectionFacts) => Chain | null;
  /** What of the choice is not as in Envoy. */
  readonly problems: readonly RouteProblem[];
}

/** Reads the chains of a `listener.v3.Listener`, each with `readChain`. */
export function readFilterChains<Chain>(
  listener: Message,
  runtime: Runtime,
  readChain: (chain: Message) => Chain,
): FilterChains<Chain> {
  const messages = listener.messages("filter_chains");
  const chains = messages.map(readChain);
  const fallback = listener.message("default_filter_chain");
  const otherwise = fallback === undefined ? null : readChain(fallback);
  const all = otherwise === null ? chains : [...chains, otherwise];
  const problems = new RouteProblems();
  const matcher = listener.message("filter_chain_matcher");
  if (matcher !== undefined) {
    const byName = new Map(messages.map((message, i) => [message.string("name"), chains[i]!]));
    const tree = compileFilterChainTree(matcher, runtime, problems);
    const choose = (facts: ConnectionFacts) => {
      const name = tree(facts);
      return name === null ? otherwise : (byName.get(name) ?? null);
    };
    return { all, only: null, choose, problems: problems.unmodelled };
  }
  const matches = messages.map((message) => message.message("filter_chain_match"));
  const index = new FilterChainIndex(chains, matches);
  for (const level of index.ambiguousLevels()) problems.unmodelled.push(ambiguous(listener, level));
  return {
    all,
    only: chains.length === 1 && asksForNothing(matches[0]) ? chains[0]! : null,
    choose: (facts) => index.find(facts) ?? otherwise,
    problems: problems.unmodelled,
  };
}

function ambiguous(listener: Message, level: string): RouteProblem {
  const reason = `some filter chains have a range of all addresses in ${level} and others have no ${level}: Envoy picks either at its start, here the range counts`;
  return { path: `${listener.path}.filter_chains`, reason };
}

function asksForNothing(match: Message | undefined): boolean {
  return match === undefined || Object.keys(match.json).length === 0;
}
