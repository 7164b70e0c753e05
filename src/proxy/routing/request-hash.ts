import type { Message } from "../../decode/message.ts";
import type { U64 } from "../../hash/u64.ts";
import type { RequestHead } from "../../http/request-head.ts";

/** The hash of a request from `source`, `ip:port` or empty where it is not known; null: nothing in it is hashed. */
export type RequestHash = (head: RequestHead, source: string) => U64 | null;

/** Compiles `hash_policy` of a route, a list of `route.v3.RouteAction.HashPolicy`. */
export type HashPolicyReader = (policies: readonly Message[]) => RequestHash;

/** For tables of which no request is hashed. */
export const NOTHING_HASHED: HashPolicyReader = () => () => null;
