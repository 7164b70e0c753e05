import { aperture } from "./aperture/config.ts";
import { clientSideWeightedRoundRobin } from "./client-side-weighted-round-robin/config.ts";
import { clusterProvided } from "./cluster-provided/config.ts";
import { leastRequest } from "./least-request/config.ts";
import { loadAwareLocality } from "./load-aware-locality/config.ts";
import { maglev } from "./maglev/config.ts";
import { overrideHost } from "./override-host/config.ts";
import { peakEwma } from "./peak-ewma/config.ts";
import type { ComparisonPolicy, LoadBalancingPolicy } from "./policy.ts";
import { prequal } from "./prequal/config.ts";
import { random } from "./random/config.ts";
import { rendezvous } from "./rendezvous/config.ts";
import { ringHash } from "./ring-hash/config.ts";
import { roundRobin } from "./round-robin/config.ts";
import { subset } from "./subset/config.ts";
import { wrrLocality } from "./wrr-locality/config.ts";

/** Every policy of Envoy that meshsim models; configuration, tests, documentation and benchmarks go through this table. */
export const loadBalancingPolicies: readonly LoadBalancingPolicy[] = [
  roundRobin,
  leastRequest,
  random,
  ringHash,
  maglev,
  subset,
  clientSideWeightedRoundRobin,
  wrrLocality,
  loadAwareLocality,
  overrideHost,
  clusterProvided,
];

/** Policies of others to compare with. */
export const comparisonPolicies: readonly ComparisonPolicy[] = [peakEwma, aperture, rendezvous, prequal];
