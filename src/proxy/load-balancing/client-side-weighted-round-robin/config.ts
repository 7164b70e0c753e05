import type { Message } from "../../../decode/message.ts";
import { SECOND } from "../../../kernel/time.ts";
import type { PrioritySet } from "../../cluster/priority-set.ts";
import { timerDuration } from "../../cluster/timer-duration.ts";
import type { LoadBalancingPolicy } from "../policy.ts";
import { LOCALITY_WEIGHTED, ZONE_AWARE } from "../shared/locality-routing.ts";
import { readSlowStart } from "../shared/slow-start.ts";
import { ClientSideWeightedRoundRobin } from "./client-side-weighted-round-robin.ts";
import { ReportedWeights, type ReportedWeightsOptions } from "./reported-weights.ts";

/** Reports out of band (`enable_oob_load_report`) are not simulated: only those that come with answers. */
export const clientSideWeightedRoundRobin: LoadBalancingPolicy = {
  name: "envoy.load_balancing_policies.client_side_weighted_round_robin",
  typeName:
    "envoy.extensions.load_balancing_policies.client_side_weighted_round_robin.v3.ClientSideWeightedRoundRobin",
  about: {
    summary: "round robin with weights from what hosts report about their load",
    draws: "1",
    looksAt: ["weights", "health", "zones", "load reports"],
  },
  configure(options) {
    const weightsOptions = readOptions(options);
    const slowStart = readSlowStart(options.message("slow_start_config"));
    // The workers of a process have the same priority set, and share the weights of its hosts.
    const weights = new WeakMap<PrioritySet, ReportedWeights>();
    return (deps) => {
      const { prioritySet, clock } = deps;
      let shared = weights.get(prioritySet);
      if (shared === undefined)
        weights.set(prioritySet, (shared = new ReportedWeights(prioritySet, weightsOptions, clock.now)));
      // Beside a typed policy a cluster cannot configure localities, so that otherwise the defaults hold.
      const routing = deps.weighsLocalities ? LOCALITY_WEIGHTED : ZONE_AWARE;
      return new ClientSideWeightedRoundRobin(deps, { routing, slowStart }, shared);
    };
  },
};

/** Defaults of Envoy 1.40; that of the penalty is 0 in the code, although the documentation says 1. */
function readOptions(options: Message): ReportedWeightsOptions {
  return {
    metricNames: options.strings("metric_names_for_computing_utilization"),
    errorPenalty: options.number("error_utilization_penalty", 0),
    blackout: timerDuration(options, "blackout_period", 10 * SECOND),
    expiration: timerDuration(options, "weight_expiration_period", 180 * SECOND),
    updatePeriod: timerDuration(options, "weight_update_period", SECOND),
  };
}
