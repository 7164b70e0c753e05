import type { Message } from "../../decode/message.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { connectionLimit } from "./connection-limit.ts";
import { localRateLimit } from "./local-rate-limit.ts";
import type { NetworkFilterConfig, NetworkFilterKind } from "./network-filter.ts";
import { rateLimit } from "./rate-limit.ts";
import { sniCluster } from "./sni-cluster.ts";

const KINDS: readonly NetworkFilterKind[] = [connectionLimit, localRateLimit, rateLimit, sniCluster];

/** Reads the filters in front of the one that ends a chain, in their order; those that are not simulated are left out. */
export function readNetworkFilters(filters: readonly Message[], runtime: Runtime): NetworkFilterConfig[] {
  return filters.flatMap((filter) => {
    const config = filter.message("typed_config");
    const kind = KINDS.find(({ type }) => type === config?.typeName);
    return kind?.read(config!, runtime) ?? [];
  });
}
