import { SECOND } from "../../../kernel/time.ts";
import type { ComparisonPolicy } from "../policy.ts";
import { Prequal } from "./prequal.ts";

/** Prequal with the defaults of its paper: three probes, a pool of 16, one second, the quantile 2^-0.25. */
export const prequal: ComparisonPolicy = {
  name: "prequal",
  configure({ probes = 3, pool = 16, max_age = SECOND, hot_quantile = 0.84, removals = 1 }) {
    const options = { probes, poolSize: pool, maxAge: max_age, hotQuantile: hot_quantile, removals };
    return (deps) => new Prequal(deps, options);
  },
};
