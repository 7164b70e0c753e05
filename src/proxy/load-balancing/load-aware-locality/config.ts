import type { Message } from "../../../decode/message.ts";
import { SECOND } from "../../../kernel/time.ts";
import type { PrioritySet } from "../../cluster/priority-set.ts";
import { timerDuration } from "../../cluster/timer-duration.ts";
import type { LoadBalancerDeps, LoadBalancingPolicy } from "../policy.ts";
import { LoadAwareLocality } from "./load-aware-locality.ts";
import { type LoadAwareOptions, type LocalityLoadStats, LocalityLoads } from "./locality-loads.ts";

/** Reports out of band (`enable_oob_load_report`) are not simulated: only those that come with answers. */
export const loadAwareLocality: LoadBalancingPolicy = {
  name: "envoy.load_balancing_policies.load_aware_locality",
  typeName: "envoy.extensions.load_balancing_policies.load_aware_locality.v3.LoadAwareLocality",
  about: {
    summary: "the own locality until it is busier than the others, then another policy",
    draws: "1, 1 for the locality, then those of the inner policy",
    looksAt: ["health", "zones", "load reports"],
  },
  configure(options, readChild) {
    const read = readOptions(options);
    const makeChild = readChild(options.message("endpoint_picking_policy"));
    // The workers of a process have the same priority set, and share what its hosts report.
    const loads = new WeakMap<PrioritySet, LocalityLoads>();
    return (deps) => {
      const { prioritySet, ownLocality, clock } = deps;
      let shared = loads.get(prioritySet);
      if (shared === undefined)
        loads.set(
          prioritySet,
          (shared = new LocalityLoads(prioritySet, ownLocality, read, makeStats(deps), clock.now)),
        );
      return new LoadAwareLocality(deps, shared, makeChild);
    };
  },
};

/** Defaults of Envoy 1.40 (api/envoy/extensions/load_balancing_policies/load_aware_locality/v3). */
function readOptions(options: Message): LoadAwareOptions {
  return {
    metricNames: options.strings("metric_names_for_computing_utilization"),
    updatePeriod: timerDuration(options, "weight_update_period", SECOND),
    varianceThreshold: options.number("utilization_variance_threshold", 0.1),
    smoothing: options.duration("smoothing_time_constant", 5 * SECOND),
    probeFraction: options.number("remote_probe_fraction", 0.03),
    expiration: timerDuration(options, "weight_expiration_period", 180 * SECOND),
  };
}

function makeStats({ stats, clusterName }: LoadBalancerDeps): LocalityLoadStats {
  const counter = (name: string) => stats.counter(`cluster.${clusterName}.load_aware_locality.${name}_total`);
  return {
    recomputed: counter("recompute"),
    stale: counter("stale_locality"),
    allOverloaded: counter("all_overloaded"),
    localPreferred: counter("local_preferred"),
    probing: counter("probe_active"),
    spilling: counter("spill_active"),
  };
}
