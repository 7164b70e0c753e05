import type { Json } from "../../case.ts";
import type { Draw } from "../../draw.ts";
import { type ActionChoices, drawAction } from "./actions.ts";
import { drawHeaderMatch, type HeaderMatch } from "./headers.ts";
import { drawPathMatch, type PathMatch } from "./paths.ts";
import { drawCookieMatch, drawQueryMatch, type NamedMatch } from "./queries.ts";

/** A route as configured, and its conditions, so that requests can be made for it. */
export interface DrawnRoute {
  readonly route: Json;
  readonly path: PathMatch;
  readonly headers: readonly HeaderMatch[];
  readonly queries: readonly NamedMatch[];
  readonly cookies: readonly NamedMatch[];
  readonly isGrpc: boolean;
}

/** `key` begins the runtime keys, which all cases of an Envoy share. */
export function drawRoute(draw: Draw, name: string, choices: ActionChoices, key: string): DrawnRoute {
  const path = drawPathMatch(draw);
  const headers = draw.chance(0.42) ? draw.list(draw.pick([1, 1, 2]), () => drawHeaderMatch(draw)) : [];
  const queries = draw.chance(0.36) ? draw.list(draw.pick([1, 1, 2]), () => drawQueryMatch(draw)) : [];
  const cookies = draw.chance(0.04) ? [drawCookieMatch(draw)] : [];
  const isGrpc = draw.chance(0.03);
  const match = {
    ...path.match,
    ...listed("headers", headers),
    ...listed("query_parameters", queries),
    ...listed("cookies", cookies),
    ...(isGrpc ? { grpc: {} } : {}),
    ...draw.maybe(0.09, () => ({ runtime_fraction: runtimeFraction(draw, `routing.${key}.${name}`) })),
  };
  const action = drawAction(draw, path, choices, name);
  return { route: { name, match, ...action }, path, headers, queries, cookies, isGrpc };
}

function listed(name: string, matches: readonly { readonly match: Json }[]): Json {
  return matches.length === 0 ? {} : { [name]: matches.map(({ match }) => match) };
}

/** All or nothing: what is left to chance cannot be compared request by request. */
function runtimeFraction(draw: Draw, runtime_key: string): Json {
  const denominator = draw.pick(["HUNDRED", "TEN_THOUSAND", "MILLION"]);
  const all = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 }[denominator] ?? 100;
  return { default_value: { numerator: draw.pick([0, all]), denominator }, runtime_key };
}
