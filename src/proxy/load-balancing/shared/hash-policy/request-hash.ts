import type { U64 } from "../../../../hash/u64.ts";
import type { RequestHasher, RequestView } from "../../policy.ts";

/** One hash policy: the hash of a part of the request, null when that part is missing. */
export interface HashPolicy {
  /** Whether the policies after it count for nothing once there is a hash, its own or an earlier one. */
  readonly isTerminal: boolean;
  hash(request: RequestView): U64 | null;
}

/** Policies in order; each further hash is mixed into those before (Envoy 1.40, source/common/http/hash_policy.cc). */
export class RequestHash implements RequestHasher {
  readonly #policies: readonly HashPolicy[];

  constructor(policies: readonly HashPolicy[]) {
    this.#policies = policies;
  }

  hash(request: RequestView): U64 | null {
    let hash: U64 | null = null;
    for (const policy of this.#policies) {
      const found = policy.hash(request);
      if (found !== null) hash = hash === null ? found : combine(hash, found);
      if (policy.isTerminal && hash !== null) break;
    }
    return hash;
  }
}

/** The hash so far, rotated by one bit so that equal hashes do not cancel each other, XOR the new one. */
function combine(hash: U64, found: U64): U64 {
  return {
    high: (((hash.high << 1) | (hash.low >>> 31)) ^ found.high) >>> 0,
    low: (((hash.low << 1) | (hash.high >>> 31)) ^ found.low) >>> 0,
  };
}
