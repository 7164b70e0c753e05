import { leastRequest } from "./least-request/config.ts";
import type { LoadBalancingPolicy } from "./policy.ts";
import { random } from "./random/config.ts";
import { roundRobin } from "./round-robin/config.ts";

/** Every policy that meshsim models; configuration, tests, documentation and benchmarks go through this table. */
export const loadBalancingPolicies: readonly LoadBalancingPolicy[] = [roundRobin, leastRequest, random];
