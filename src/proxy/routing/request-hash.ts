import type { Message } from "../../decode/message.ts";
import type { U64 } from "../../hash/u64.ts";
import type { RequestHead } from "../../http/request-head.ts";

/** Where a request comes from; made into a text only where that is asked for. */
export interface RequestOrigin {
  /** `ip:port`; empty where it is not known. */
  readonly remoteAddress: string;
}

export const UNKNOWN_ORIGIN: RequestOrigin = { remoteAddress: "" };

/** The hash of a request; null: nothing in it is hashed. */
export type RequestHash = (head: RequestHead, origin: RequestOrigin) => U64 | null;

/** Compiles `hash_policy` of a route, a list of `route.v3.RouteAction.HashPolicy`. */
export type HashPolicyReader = (policies: readonly Message[]) => RequestHash;

/** For tables of which no request is hashed. */
export const NOTHING_HASHED: HashPolicyReader = () => () => null;
