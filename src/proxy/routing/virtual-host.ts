import type { Message } from "../../decode/message.ts";
import { headerValues, type RequestHead } from "../../http/request-head.ts";
import type { FilterLevels } from "../cluster/route-levels.ts";
import type { RouteProblems } from "../matching/route-problems.ts";
import { type Fraction, isInFraction } from "../runtime/fraction.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { type FilterLevelReader, NO_FILTER_LEVELS } from "./filter-levels.ts";
import { forwardedProto } from "./forwarded-proto.ts";
import { compileHeaderMutation, type OuterMutations } from "./header-mutation.ts";
import { type MirrorPolicy, readMirrorPolicies } from "./mirror-policy.ts";
import type { PeerCertificate } from "./peer-certificate.ts";
import type { HashPolicyReader, RequestOrigin } from "./request-hash.ts";
import { compileRouteAction, type Outcome, type RouteAction } from "./route-action.ts";
import { compileRouteConditions, type RouteConditions } from "./route-conditions.ts";
import type { ConditionVerdict, RouteCandidate, RouteExplanation } from "./route-explanation.ts";
import type { RouteEntry, RouteMatch, StreamId } from "./route-match.ts";
import { compileRouteTree } from "./route-tree.ts";

/** What the stream id is asked for. */
const SHARE = "share of the route";

type TlsRequirement = "NONE" | "EXTERNAL_ONLY" | "ALL";

interface Route {
  readonly conditions: RouteConditions;
  readonly action: RouteAction;
  /** For explanations. */
  readonly index: number;
  readonly name: string;
  readonly path: string;
  /** Why it never matches in the simulation; empty: it can. */
  readonly unmodelled: string;
}

/** What holds for all virtual hosts of a route table. */
export interface RouteTableSettings {
  readonly ignorePathParameters: boolean;
  readonly mirrors: readonly MirrorPolicy[];
  readonly tableMutations: Omit<OuterMutations, "virtualHost">;
  readonly runtime: Runtime;
  readonly problems: RouteProblems;
  readonly readHash: HashPolicyReader;
  readonly filterLevels: FilterLevels;
  readonly filterLevelReader: FilterLevelReader;
}

/**
 * A `route.v3.VirtualHost`: its routes in order, of which the first that fits wins; they stand in a list, or a
 * matcher tree leads to them.
 */
export class VirtualHost {
  readonly name: string;
  readonly domains: readonly string[];
  /** Its routes that send requests upstream. */
  readonly entries: readonly RouteEntry[];
  readonly #requireTls: TlsRequirement;
  readonly #routesFor: (head: RequestHead) => readonly Route[];
  readonly #noRoute: RouteMatch;

  constructor(config: Message, settings: RouteTableSettings) {
    const { ignorePathParameters, tableMutations, runtime, problems, filterLevels, filterLevelReader } =
      settings;
    const mirrors = readMirrorPolicies(config, runtime);
    this.name = config.string("name");
    this.domains = config.strings("domains");
    this.#requireTls = config.enum<TlsRequirement>("require_tls", "NONE");
    this.#noRoute = { kind: "none", virtualHost: this.name };
    const defaults = {
      name: this.name,
      retryPolicy: config.message("retry_policy"),
      countsAttemptsInRequest: config.boolean("include_request_attempt_count"),
      countsAttemptsInResponse: config.boolean("include_attempt_count_in_response"),
      tellsTimeoutRetry: config.boolean("include_is_timeout_retry_header"),
      hedgePolicy: config.message("hedge_policy"),
      mirrors: mirrors.length > 0 ? mirrors : settings.mirrors,
      headerMutations: { ...tableMutations, virtualHost: compileHeaderMutation(config) },
      rateLimits: config.messages("rate_limits"),
      runtime,
      problems,
      readHash: settings.readHash,
      filterLevels: filterLevelReader.below(config, filterLevels),
      filterLevelReader,
    };
    const entries: RouteEntry[] = [];
    const compile = (route: Message, index: number): Route => {
      const before = problems.unmodelled.length;
      const match = route.message("match")!;
      const conditions = compileRouteConditions(match, ignorePathParameters, runtime, problems);
      const action = compileRouteAction(route, conditions.matchedPart, { ...defaults, entries });
      const unmodelled = problems.unmodelled[before]?.reason ?? "";
      const name = (route.json.name as string | undefined) ?? "";
      return { conditions, action, index, name, path: route.path, unmodelled };
    };
    const matcher = config.message("matcher");
    if (matcher === undefined) {
      const routes = config.messages("routes").map(compile);
      this.#routesFor = () => routes;
    } else {
      const tree = compileRouteTree(matcher, compile, runtime, problems);
      this.#routesFor = (head) => tree(head) ?? [];
    }
    this.entries = entries;
  }

  /** Decides for a head all that the stream id does not. */
  outcomeOf(head: RequestHead, certificate: PeerCertificate): Outcome {
    if (this.#mustUseTls(head)) return this.#redirectToTls(head);
    const candidates: Candidate[] = [];
    for (const { conditions, action, unmodelled } of this.#routesFor(head)) {
      // A route of which a part is not modelled could match wrongly; it is reported and never matches.
      if (unmodelled !== "" || !conditions.fits(head, certificate)) continue;
      const outcome = action(head);
      if (conditions.fraction === undefined) return firstOf(candidates, outcome);
      candidates.push({ fraction: conditions.fraction, outcome });
    }
    return firstOf(candidates, this.#noRoute);
  }

  /** The same decision step by step. */
  explain(
    head: RequestHead,
    streamId: StreamId,
    certificate: PeerCertificate,
    origin: RequestOrigin,
  ): VirtualHostExplanation {
    const candidates: RouteCandidate[] = [];
    const routes = this.#routesFor(head);
    const end = (match: RouteMatch, needsTls = false): VirtualHostExplanation => {
      const notLookedAt = needsTls ? routes.length : routes.length - candidates.length;
      return { needsTls, candidates, notLookedAt, match };
    };
    if (this.#mustUseTls(head)) return end(this.#redirectToTls(head), true);
    for (const route of routes) {
      const candidate = judge(route, head, streamId, certificate);
      candidates.push(candidate);
      if (candidate.verdict === "taken") return end(settle(route.action(head), streamId, origin));
    }
    return end(this.#noRoute);
  }

  #mustUseTls(head: RequestHead): boolean {
    if (this.#requireTls === "NONE" || forwardedProto(head) === "https") return false;
    return this.#requireTls === "ALL" || headerValues(head, "x-envoy-internal")[0] !== "true";
  }

  #redirectToTls(head: RequestHead): RouteMatch {
    const location = `https://${head.authority}${head.path}`;
    return {
      kind: "direct",
      routeName: "",
      virtualHost: this.name,
      status: 301,
      body: "",
      location,
      filterLevels: NO_FILTER_LEVELS,
    };
  }
}

/** What a virtual host has to say about a request. */
export type VirtualHostExplanation = Omit<RouteExplanation, "host" | "domains">;

/** Whether one route fits, condition by condition up to the first that does not hold. */
function judge(
  { conditions: { conditions, fraction }, index, name, path, unmodelled }: Route,
  head: RequestHead,
  streamId: StreamId,
  certificate: PeerCertificate,
): RouteCandidate {
  const common = { index, name, path, conditions: [], share: null, reason: unmodelled };
  if (unmodelled !== "") return { ...common, verdict: "not simulated" };
  const verdicts: ConditionVerdict[] = [];
  for (const { fits, wants, has } of conditions) {
    const holds = fits(head, certificate);
    verdicts.push({ wants: wants(), has: has(head), holds });
    if (!holds) return { ...common, conditions: verdicts, verdict: "rejected" };
  }
  if (fraction === undefined) return { ...common, conditions: verdicts, verdict: "taken" };
  const isIn = isInFraction(fraction, streamId, SHARE);
  const share = { ...fraction, value: streamId.mod(fraction.denominator) };
  return { ...common, conditions: verdicts, share, verdict: isIn ? "taken" : "outside its share" };
}

/** A route that fits the head, but only for a share of the requests. */
interface Candidate {
  readonly fraction: Fraction;
  readonly outcome: Outcome;
}

function firstOf(candidates: readonly Candidate[], otherwise: Outcome): Outcome {
  if (candidates.length === 0) return otherwise;
  return (streamId, origin) => {
    for (const { fraction, outcome } of candidates)
      if (isInFraction(fraction, streamId, SHARE)) return settle(outcome, streamId, origin);
    return settle(otherwise, streamId, origin);
  };
}

/** The match of one request. */
export function settle(outcome: Outcome, streamId: StreamId, origin: RequestOrigin): RouteMatch {
  return typeof outcome === "function" ? outcome(streamId, origin) : outcome;
}
