import { SECOND } from "../../../kernel/time.ts";
import type { ComparisonPolicy } from "../policy.ts";
import { Prequal } from "./prequal.ts";

/** Prequal with the defaults of its paper: three probes, a pool of 16, one second, the quantile 2^-0.25. */
export const prequal: ComparisonPolicy = {
  name: "prequal",
  about: {
    summary: "the best of the latest answers to probes: the fastest of the hosts that are not hot",
    draws: "1 + `probes`; 1 more without answers",
    looksAt: ["health", "zones", "probes"],
  },
  configure({ probes = 3, pool = 16, max_age = SECOND, hot_quantile = 0.84, removals = 1 }) {
    const options = { probes, poolSize: pool, maxAge: max_age, hotQuantile: hot_quantile, removals };
    return (deps) => new Prequal(deps, options);
  },
};
