import type { Json } from "../case.ts";
import type { Draw } from "../draw.ts";

const POLICIES = "type.googleapis.com/envoy.extensions.load_balancing_policies";

/** A `load_balancing_policy` of one of the three that know zones, with settings that all of them have. */
export function drawTypedPolicy(draw: Draw, common: Json = {}): Json {
  const typed_config = draw.pick([
    () => ({ "@type": `${POLICIES}.round_robin.v3.RoundRobin` }),
    () => ({ "@type": `${POLICIES}.random.v3.Random` }),
    () => ({
      "@type": `${POLICIES}.least_request.v3.LeastRequest`,
      ...draw.maybe(0.5, () => ({ choice_count: draw.whole(2, 5) })),
      ...draw.maybe(0.4, () => ({ selection_method: "FULL_SCAN" })),
    }),
  ])();
  return {
    policies: [{ typed_extension_config: { name: "policy", typed_config: { ...typed_config, ...common } } }],
  };
}
