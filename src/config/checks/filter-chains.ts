import { type JsonObject, Message, ReadLog } from "../../decode/message.ts";
import { filterChainLevels } from "../../proxy/filter-chain/filter-chain-levels.ts";
import { items, object, text } from "../json-access.ts";
import type { Context } from "./context.ts";

type Chains = readonly [chain: JsonObject, path: string][];

/** Source: source/common/listener_manager/filter_chain_manager_impl.cc of Envoy 1.40. */
export function checkFilterChainMatches(listener: JsonObject, path: string, context: Context): void {
  const chains = items(listener, path, "filter_chains");
  for (const [chain, where] of chains) refuseSuffixes(chain, where, context);
  // A matcher of chains takes the place of what they ask for themselves.
  if (listener.filter_chain_matcher !== undefined) checkNames(chains, context);
  else {
    for (const [chain, where] of chains) refusePartialWildcards(chain, where, context);
    refuseOverlaps(chains, context);
  }
}

function refuseSuffixes(chain: JsonObject, path: string, { report }: Context): void {
  const match = object(chain, "filter_chain_match");
  for (const field of ["address_suffix", "suffix_len"]) {
    if (match?.[field] === undefined || match[field] === "") continue;
    report.error(
      "not-possible-here",
      `${path}.filter_chain_match.${field}`,
      `Envoy does not implement ${field}`,
    );
  }
}

function checkNames(chains: Chains, { report }: Context): void {
  const seen = new Set<string>();
  for (const [chain, where] of chains) {
    const name = text(chain, "name");
    if (name === "") {
      report.error(
        "required",
        where,
        "a filter chain needs a name where the listener has a filter_chain_matcher",
      );
    } else if (seen.has(name)) {
      report.error("duplicate-name", `${where}.name`, `another filter chain has the name "${name}"`);
    }
    seen.add(name);
  }
}

function refusePartialWildcards(chain: JsonObject, path: string, { report }: Context): void {
  const names = (object(chain, "filter_chain_match")?.server_names as string[] | undefined) ?? [];
  for (const [index, name] of names.entries()) {
    if (!name.includes("*") || name.startsWith("*.")) continue;
    const message = `"${name}" is no server name that Envoy can match`;
    const remedy = 'a "*" may only stand for the first labels, as in *.shop.example';
    report.error("bad-text", `${path}.filter_chain_match.server_names[${index}]`, message, remedy);
  }
}

interface Claim {
  readonly path: string;
  /** By level. */
  readonly keys: readonly ReadonlySet<string>[];
  readonly match: string;
}

function refuseOverlaps(chains: Chains, { report }: Context): void {
  const levels = filterChainLevels();
  const claims: Claim[] = [];
  for (const [chain, path] of chains) {
    const match = object(chain, "filter_chain_match") ?? {};
    const message = new Message(match, path, new ReadLog());
    const lists = levels.map((level) => level.keysOf(message));
    const twice = levels.find((_, i) => new Set(lists[i]).size < lists[i]!.length);
    if (twice !== undefined) {
      const where = `${path}.filter_chain_match.${twice.name}`;
      report.error("duplicate", where, `${twice.name} says the same twice`, "remove one of them");
    }
    const claim = { path, keys: lists.map((list) => new Set(list)), match: JSON.stringify(match) };
    const rival = claims.find((earlier) => overlap(earlier, claim));
    claims.push(claim);
    if (rival === undefined) continue;
    const message_ =
      rival.match === claim.match
        ? "another filter chain of this listener has the same filter_chain_match"
        : `its filter_chain_match overlaps with that of ${rival.path}: connections exist that both ask for`;
    report.error("duplicate", path, message_);
  }
}

/** At every level both ask for one and the same. */
function overlap(a: Claim, b: Claim): boolean {
  return a.keys.every((keys, level) => [...keys].some((key) => b.keys[level]!.has(key)));
}
