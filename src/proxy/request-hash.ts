import type { Message } from "../decode/message.ts";
import { readHashPolicies } from "./load-balancing/shared/hash-policy/read-hash-policies.ts";
import type { RequestHash } from "./routing/request-hash.ts";

/**
 * Hash policies as the route table uses them: before any filter has left something, and without an answer that
 * could carry a new cookie (Envoy 1.40, source/common/router/weighted_cluster_specifier.cc).
 */
export function readRouteHash(policies: readonly Message[]): RequestHash {
  const hasher = readHashPolicies(policies);
  return (head, { remoteAddress }) => hasher.hash({ ...NOT_YET_KNOWN, head, remoteAddress });
}

const NOT_YET_KNOWN = {
  localAddress: "",
  originalDestination: null,
  filterState: null,
  dynamicMetadata: null,
  addCookie: null,
} as const;
