import type { Json } from "../../case.ts";
import type { Draw } from "../../draw.ts";
import type { PathMatch } from "./paths.ts";
import { PICK_HEADER, SEGMENTS, TARGET_HEADER } from "./words.ts";

const WEIGHTS = [0, 1, 5, 25, 50, 100];

/** What the routes of one table choose from. */
export interface ActionChoices {
  readonly clusters: readonly string[];
  readonly hostRewrites: readonly Json[];
}

/** Route, redirect or direct response. */
export function drawAction(
  draw: Draw,
  path: PathMatch,
  { clusters, hostRewrites }: ActionChoices,
  name: string,
): Json {
  const kind = draw.whole(1, 100);
  if (kind <= 10) return { direct_response: directResponse(draw, name) };
  if (kind <= 24) return { redirect: redirect(draw, path) };
  return { route: { ...target(draw, clusters), ...rewrite(draw, path, hostRewrites) } };
}

function target(draw: Draw, clusters: readonly string[]): Json {
  const kind = draw.whole(1, 100);
  if (kind <= 8) {
    const notFound = draw.maybe(0.5, () => ({
      cluster_not_found_response_code: draw.pick([
        "NOT_FOUND",
        "INTERNAL_SERVER_ERROR",
        "SERVICE_UNAVAILABLE",
      ]),
    }));
    return { cluster_header: TARGET_HEADER, ...notFound };
  }
  if (kind > 27) return { cluster: draw.pick(clusters) };
  const chosen = draw.some(clusters, draw.whole(2, 4)).map((name) => ({ name, weight: draw.pick(WEIGHTS) }));
  // Weights that add up to nothing are refused.
  if (chosen.every(({ weight }) => weight === 0)) chosen[0]!.weight = 1;
  return { weighted_clusters: { clusters: chosen, header_name: PICK_HEADER } };
}

function rewrite(draw: Draw, { match }: PathMatch, hostRewrites: readonly Json[]): Json {
  return { ...pathRewrite(draw, match, 0.22), ...draw.maybe(0.11, () => draw.pick(hostRewrites)) };
}

/** The ways in which the routes of one table change the authority; most change it to a fixed one. */
export function drawHostRewrites(draw: Draw): readonly Json[] {
  const literal = { host_rewrite_literal: "backend.internal" };
  if (draw.chance(0.85)) return [literal];
  const pattern = { pattern: { regex: "^/([a-z]+).*$" }, substitution: "\\1.internal" };
  return [literal, { host_rewrite_header: "x-user" }, { host_rewrite_path_regex: pattern }];
}

function pathRewrite(draw: Draw, match: Json, probability: number): Json {
  if (!draw.chance(probability)) return {};
  if ("path_match_policy" in match || draw.chance(0.5)) return { regex_rewrite: regexRewrite(draw) };
  return { prefix_rewrite: draw.pick(["/", "/new", "/next/", `/internal/${draw.pick(SEGMENTS)}`]) };
}

function regexRewrite(draw: Draw): Json {
  const [regex, substitution] = draw.pick<[string, string]>([
    ["^/([^/]+)/([^/?]+)(.*)$", "/\\2/\\1\\3"],
    ["^/([^/?]+)(.*)$", "/r/\\1\\2"],
    ["[0-9]+", "N"],
    ["/", "//"],
    ["(?i)a(d?)", "<\\1\\0>"],
  ]);
  return { pattern: { regex }, substitution };
}

function redirect(draw: Draw, { match }: PathMatch): Json {
  const kind = draw.pick(["path", "prefix", "regex", "none"]);
  const path =
    kind === "path"
      ? { path_redirect: draw.pick(["/moved", "/moved?from=old", "/a/b/"]) }
      : kind === "prefix" && !("path_match_policy" in match)
        ? { prefix_rewrite: draw.pick(["/", "/next/", "/new"]) }
        : kind === "regex"
          ? { regex_rewrite: regexRewrite(draw) }
          : {};
  const scheme = draw.pick<Json>([
    {},
    { https_redirect: true },
    { scheme_redirect: "https" },
    { scheme_redirect: "http" },
  ]);
  const rest = {
    ...draw.maybe(0.42, () => ({ host_redirect: draw.pick(["www.example.test", "example.test:8080"]) })),
    ...draw.maybe(0.27, () => ({ port_redirect: draw.pick([80, 443, 8443]) })),
    ...draw.maybe(0.34, () => ({ strip_query: true })),
    ...draw.maybe(0.6, () => ({
      response_code: draw.pick([
        "FOUND",
        "SEE_OTHER",
        "TEMPORARY_REDIRECT",
        "PERMANENT_REDIRECT",
        "MOVED_PERMANENTLY",
      ]),
    })),
  };
  return { ...path, ...scheme, ...rest };
}

/** Without a body for 204: Envoy would send it, and clients take it for the next answer. */
function directResponse(draw: Draw, name: string): Json {
  const status = draw.pick([200, 204, 403, 404, 418, 500, 503]);
  if (status === 204) return { status };
  return { status, ...draw.maybe(0.75, () => ({ body: { inline_string: `hello from ${name}\n` } })) };
}
