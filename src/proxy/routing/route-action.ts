import type { Message } from "../../decode/message.ts";
import type { RequestHead } from "../../http/request-head.ts";
import { SECOND } from "../../kernel/time.ts";
import { readMetadataMatch } from "../cluster/metadata-match.ts";
import type { FilterLevels } from "../cluster/route-levels.ts";
import { timerDuration } from "../cluster/timer-duration.ts";
import type { RouteProblems } from "../matching/route-problems.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { ClusterTarget } from "./cluster-choice.ts";
import { compileClusterSpecifier } from "./cluster-specifier.ts";
import { hasOwnLocation, inlineText } from "./direct-response.ts";
import type { FilterLevelReader } from "./filter-levels.ts";
import { allMutations, type OuterMutations } from "./header-mutation.ts";
import { readInternalRedirectPolicy } from "./internal-redirect-policy.ts";
import { type MirrorPolicy, readMirrorPolicies } from "./mirror-policy.ts";
import type { MatchedPart } from "./path-matcher.ts";
import { compilePathRewrite } from "./path-rewrite.ts";
import { compilePathTemplateRewrite } from "./path-template-rewrite.ts";
import { compileRedirectTarget, redirectLocation, redirectStatus, SAME_URL } from "./redirect.ts";
import type { HashPolicyReader, RequestOrigin } from "./request-hash.ts";
import { compileRequestRewrite } from "./request-rewrite.ts";
import type { MaxStreamDuration, RouteEntry, RouteMatch, StreamId } from "./route-match.ts";

/** What a route makes of a head: one and the same for all its requests, or by the stream id or who sent it. */
export type Outcome = RouteMatch | ((streamId: StreamId, origin: RequestOrigin) => RouteMatch);

/** The action of a compiled route. */
export type RouteAction = (head: RequestHead) => Outcome;

/** What the routes of one virtual host share. */
export interface VirtualHostDefaults {
  readonly name: string;
  readonly retryPolicy: Message | undefined;
  readonly countsAttemptsInRequest: boolean;
  readonly countsAttemptsInResponse: boolean;
  readonly tellsTimeoutRetry: boolean;
  readonly hedgePolicy: Message | undefined;
  /** Those of the virtual host, otherwise of the route configuration. */
  readonly mirrors: readonly MirrorPolicy[];
  /** Of the levels above the routes. */
  readonly headerMutations: OuterMutations;
  readonly rateLimits: readonly Message[];
  readonly runtime: Runtime;
  readonly problems: RouteProblems;
  readonly readHash: HashPolicyReader;
  /** What it and the levels above it say of HTTP filters. */
  readonly filterLevels: FilterLevels;
  readonly filterLevelReader: FilterLevelReader;
  /** Takes the routes that send requests upstream. */
  readonly entries: RouteEntry[];
}

/** Envoy's default route timeout (api/envoy/config/route/v3/route_components.proto). */
const ROUTE_TIMEOUT = 15 * SECOND;

const CLUSTER_NOT_FOUND_STATUS: Readonly<Record<string, number>> = {
  SERVICE_UNAVAILABLE: 503,
  NOT_FOUND: 404,
  INTERNAL_SERVER_ERROR: 500,
};

/** Compiles the action of a `route.v3.Route`. */
export function compileRouteAction(
  route: Message,
  matchedPart: MatchedPart,
  defaults: VirtualHostDefaults,
): RouteAction {
  const action = route.which(
    "route",
    "redirect",
    "direct_response",
    "filter_action",
    "non_forwarding_action",
  );
  switch (action) {
    case "route":
      return forward(route, route.message("route")!, matchedPart, defaults);
    case "redirect":
      return redirect(route, route.message("redirect")!, matchedPart, defaults);
    case "direct_response":
      return respond(route, route.message("direct_response")!, defaults);
    default:
      defaults.problems.actionNotModelled(route.path, action ?? "a route without an action");
      return () => ({ kind: "none", virtualHost: defaults.name });
  }
}

function forward(
  route: Message,
  action: Message,
  matchedPart: MatchedPart,
  defaults: VirtualHostDefaults,
): RouteAction {
  const entry = compileRouteEntry(route, action, matchedPart, defaults);
  defaults.entries.push(entry);
  const levels = defaults.filterLevelReader.below(route, defaults.filterLevels);
  const clusterFor = compileClusterSpecifier(action, {
    entry,
    entries: defaults.entries,
    levels,
    filterLevelReader: defaults.filterLevelReader,
    runtime: defaults.runtime,
    problems: defaults.problems,
    readHash: defaults.readHash,
  });
  const wanted = action.message("metadata_match");
  // One match for each cluster, so that repeated requests share it.
  const matches = new Map<ClusterTarget, RouteMatch>();
  const matchOf = (target: ClusterTarget): RouteMatch => {
    let match = matches.get(target);
    if (match === undefined) matches.set(target, (match = routeMatch(entry, target, wanted, levels)));
    return match;
  };
  const none: RouteMatch = { kind: "none", virtualHost: defaults.name };
  return (head) => {
    const choice = clusterFor(head);
    if (typeof choice !== "function") return matchOf(choice);
    return (streamId, origin) => {
      const cluster = choice(streamId, origin);
      return cluster === null ? none : matchOf(cluster);
    };
  };
}

/** What a weighted cluster wants of hosts comes before what the route wants. */
function routeMatch(
  route: RouteEntry,
  target: ClusterTarget,
  wanted: Message | undefined,
  levels: FilterLevels,
): RouteMatch {
  const own =
    typeof target === "string"
      ? { name: target, metadataMatch: undefined, filterLevels: levels, route, rotation: null }
      : target;
  const metadataMatch = readMetadataMatch(wanted, own.metadataMatch);
  return {
    kind: "route",
    route: own.route,
    cluster: own.name,
    metadataMatch,
    filterLevels: own.filterLevels,
    rotation: own.rotation,
  };
}

function compileRouteEntry(
  route: Message,
  action: Message,
  matchedPart: MatchedPart,
  defaults: VirtualHostDefaults,
): RouteEntry {
  const mirrors = readMirrorPolicies(action, defaults.runtime);
  const hedgePolicy = action.message("hedge_policy") ?? defaults.hedgePolicy;
  return {
    name: route.string("name"),
    virtualHost: defaults.name,
    timeout: timerDuration(action, "timeout", ROUTE_TIMEOUT),
    idleTimeout: timerDuration(action, "idle_timeout"),
    maxStreamDuration: readMaxStreamDuration(action.message("max_stream_duration")),
    maxGrpcTimeout: timerDuration(action, "max_grpc_timeout"),
    grpcTimeoutOffset: timerDuration(action, "grpc_timeout_offset", 0),
    countsAttemptsInRequest: defaults.countsAttemptsInRequest,
    countsAttemptsInResponse: defaults.countsAttemptsInResponse,
    tellsTimeoutRetry: defaults.tellsTimeoutRetry,
    retryPolicy: action.message("retry_policy") ?? defaults.retryPolicy,
    hedgesOnPerTryTimeout: hedgePolicy?.boolean("hedge_on_per_try_timeout") ?? false,
    mirrors: mirrors.length > 0 ? mirrors : defaults.mirrors,
    internalRedirects: readInternalRedirectPolicy(action),
    priority: action.enum("priority", "DEFAULT") === "DEFAULT" ? "default" : "high",
    rateLimits: {
      own: action.messages("rate_limits"),
      ofVirtualHost: defaults.rateLimits,
      includesVirtualHost: action.boolean("include_vh_rate_limits"),
    },
    hashPolicies: action.messages("hash_policy"),
    clusterNotFoundStatus:
      CLUSTER_NOT_FOUND_STATUS[action.enum("cluster_not_found_response_code", "SERVICE_UNAVAILABLE")]!,
    rewrite: compileRequestRewrite(
      action,
      compilePathRewrite(action, matchedPart, defaults.problems) ??
        compilePathTemplateRewrite(route.message("match")!, action),
      allMutations(route, defaults.headerMutations),
      defaults.problems,
    ),
  };
}

/** Only metadata for load balancing counts; where several messages want the same key the last one holds. */
function readMaxStreamDuration(message: Message | undefined): MaxStreamDuration | undefined {
  if (message === undefined) return undefined;
  return {
    max: timerDuration(message, "max_stream_duration"),
    grpcMax: timerDuration(message, "grpc_timeout_header_max"),
    grpcOffset: timerDuration(message, "grpc_timeout_header_offset", 0),
  };
}

function redirect(
  route: Message,
  action: Message,
  matchedPart: MatchedPart,
  defaults: VirtualHostDefaults,
): RouteAction {
  const target = compileRedirectTarget(action, matchedPart, defaults.problems);
  const response = {
    kind: "direct",
    ...directMatch(route, defaults),
    status: redirectStatus(action),
    body: "",
  } as const;
  return (head) => ({ ...response, location: redirectLocation(target, head) });
}

function respond(route: Message, action: Message, defaults: VirtualHostDefaults): RouteAction {
  const status = action.number("status", 0);
  const body = inlineText(action.message("body"));
  const response = { kind: "direct", ...directMatch(route, defaults), status, body } as const;
  if (!hasOwnLocation(status)) return () => response;
  return (head) => ({ ...response, location: redirectLocation(SAME_URL, head) });
}

function directMatch(route: Message, { name, filterLevels, filterLevelReader }: VirtualHostDefaults) {
  return {
    routeName: route.string("name"),
    virtualHost: name,
    filterLevels: filterLevelReader.below(route, filterLevels),
  };
}
