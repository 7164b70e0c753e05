import type { Message } from "../../../decode/message.ts";
import { wholePercent } from "./panic.ts";

/** Prefers hosts in the proxy's own zone as far as that keeps the load of hosts even. */
export interface ZoneAwareOptions {
  readonly kind: "zone-aware";
  /** Whole percent of requests for which zones count. */
  readonly routingEnabled: number;
  /** Fewer healthy hosts than this: zones do not count. */
  readonly minClusterSize: number;
  /** Whether panic chooses no host instead of any. */
  readonly failTrafficOnPanic: boolean;
  /** With so many healthy hosts in its own zone the proxy uses no others; null: only when that is even. */
  readonly forcedMinimum: number | null;
  /** Whether zones are measured by the weights of their hosts instead of by their number. */
  readonly byWeight: boolean;
}

/** Shares requests out over localities by their configured weights. */
export interface LocalityWeightedOptions {
  readonly kind: "locality-weighted";
}

export type LocalityRouting = ZoneAwareOptions | LocalityWeightedOptions;

export const LOCALITY_WEIGHTED: LocalityWeightedOptions = { kind: "locality-weighted" };

/** Envoy's zone awareness where nothing is configured (api/envoy/extensions/load_balancing_policies/common/v3). */
export const ZONE_AWARE: ZoneAwareOptions = {
  kind: "zone-aware",
  routingEnabled: 100,
  minClusterSize: 6,
  failTrafficOnPanic: false,
  forcedMinimum: null,
  byWeight: false,
};

/** Reads `locality_lb_config` of a typed policy. */
export function readLocalityRouting(options: Message): LocalityRouting {
  const config = options.message("locality_lb_config");
  if (config?.message("locality_weighted_lb_config") !== undefined) return LOCALITY_WEIGHTED;
  const zoneAware = config?.message("zone_aware_lb_config");
  if (zoneAware === undefined) return ZONE_AWARE;
  return {
    ...readCommon(zoneAware),
    forcedMinimum: readForcedMinimum(zoneAware),
    byWeight: zoneAware.enum<string>("locality_basis", "HEALTHY_HOSTS_NUM") === "HEALTHY_HOSTS_WEIGHT",
  };
}

/** Reads the cluster's `common_lb_config`. */
export function readLegacyLocalityRouting(cluster: Message): LocalityRouting {
  const common = cluster.message("common_lb_config");
  if (common?.message("locality_weighted_lb_config") !== undefined) return LOCALITY_WEIGHTED;
  const zoneAware = common?.message("zone_aware_lb_config");
  return zoneAware === undefined ? ZONE_AWARE : readCommon(zoneAware);
}

/** What old and typed configuration have in common. */
function readCommon(zoneAware: Message): ZoneAwareOptions {
  const enabled = zoneAware.message("routing_enabled");
  return {
    ...ZONE_AWARE,
    routingEnabled:
      enabled === undefined
        ? ZONE_AWARE.routingEnabled
        : Math.min(100, wholePercent(enabled.number("value", 0))),
    minClusterSize: zoneAware.number("min_cluster_size", ZONE_AWARE.minClusterSize),
    failTrafficOnPanic: zoneAware.boolean("fail_traffic_on_panic"),
  };
}

function readForcedMinimum(zoneAware: Message): number | null {
  const force = zoneAware.message("force_local_zone");
  if (force !== undefined) return force.number("min_size", 1);
  return zoneAware.boolean("force_locality_direct_routing") ? 1 : null;
}
