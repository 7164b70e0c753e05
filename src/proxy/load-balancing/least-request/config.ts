import type { Message } from "../../../decode/message.ts";
import { type RuntimeNumber, readRuntimeDouble } from "../../runtime/runtime-number.ts";
import type { LoadBalancingPolicy, MakeLoadBalancer } from "../policy.ts";
import { readLegacyScheduledOptions, readScheduledOptions } from "../shared/scheduled-config.ts";
import { LeastRequest, type LeastRequestOptions } from "./least-request.ts";

/** Defaults of Envoy 1.40 (api/envoy/extensions/load_balancing_policies/least_request/v3). */
const CHOICE_COUNT = 2;
const ACTIVE_REQUEST_BIAS = 1.0;

export const leastRequest: LoadBalancingPolicy = {
  name: "envoy.load_balancing_policies.least_request",
  typeName: "envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest",
  about: {
    summary:
      "the least busy of a few hosts drawn at random; by weight divided by requests where weights differ",
    draws: "1 + `choice_count`; 1 where weights differ",
    looksAt: ["weights", "health", "zones", "active requests"],
  },
  configure: (options) =>
    makeLeastRequest({
      ...readScheduledOptions(options),
      ...readCommonOptions(options),
      selectionMethod: options.enum("selection_method", "N_CHOICES"),
    }),
  legacy: {
    lbPolicy: "LEAST_REQUEST",
    configure: (cluster) => {
      const own = cluster.message("least_request_lb_config");
      const shared = readLegacyScheduledOptions(cluster, own);
      return makeLeastRequest({ ...shared, ...readCommonOptions(own), selectionMethod: "N_CHOICES" });
    },
  },
};

function makeLeastRequest(options: LeastRequestOptions): MakeLoadBalancer {
  return (deps) => new LeastRequest(deps, options);
}

/** The fields that typed and old configuration have in common. */
function readCommonOptions(
  options: Message | undefined,
): Pick<LeastRequestOptions, "choiceCount" | "activeRequestBias"> {
  return {
    choiceCount: options?.number("choice_count") ?? CHOICE_COUNT,
    activeRequestBias: readBias(options?.message("active_request_bias")),
  };
}

function readBias(bias: Message | undefined): RuntimeNumber {
  return bias === undefined ? { key: "", otherwise: ACTIVE_REQUEST_BIAS } : readRuntimeDouble(bias);
}
