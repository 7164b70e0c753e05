import type { Fraction } from "../runtime/fraction.ts";
import type { RouteMatch } from "./route-match.ts";

/** Why a request gets the route that it gets: `RouteTable.explain` walks the conditions that `match` walks. */
export interface RouteExplanation {
  /** What domains are compared with; undefined: the request names no host. */
  readonly host: string | undefined;
  /** All domains that fit, the strongest first: the first decides. */
  readonly domains: readonly FittingDomain[];
  /** The virtual host sends requests without TLS elsewhere, so that no route is looked at. */
  readonly needsTls: boolean;
  /** The routes of the virtual host that were looked at, in their order; the last may be the one taken. */
  readonly candidates: readonly RouteCandidate[];
  /** How many routes stand after the one taken. */
  readonly notLookedAt: number;
  /** The same that `match` answers. */
  readonly match: RouteMatch;
}

export interface FittingDomain {
  readonly domain: string;
  readonly virtualHost: string;
}

/** A route that was looked at, and what came of it. */
export interface RouteCandidate {
  /** Its place in the virtual host, counted from 0. */
  readonly index: number;
  /** Empty where it has none. */
  readonly name: string;
  /** Where it stands in the configuration. */
  readonly path: string;
  readonly verdict: "taken" | "rejected" | "outside its share" | "not simulated";
  /** Those looked at: all hold but possibly the last. */
  readonly conditions: readonly ConditionVerdict[];
  /** Of a route for a share of the requests: the value is the stream id modulo the denominator. */
  readonly share: (Fraction & { readonly value: number }) | null;
  /** Why it is not simulated; empty otherwise. */
  readonly reason: string;
}

export interface ConditionVerdict {
  readonly wants: string;
  /** What the request has in its place. */
  readonly has: string;
  readonly holds: boolean;
}
