import { SECOND } from "../../../kernel/time.ts";
import type { PrioritySet } from "../../cluster/priority-set.ts";
import type { ComparisonPolicy } from "../policy.ts";
import { PeakEwma, type RoundTrips } from "./peak-ewma.ts";

/** Finagle's and linkerd's; without `default_rtt` as Finagle does it, linkerd's is 30 ms. */
export const peakEwma: ComparisonPolicy = {
  name: "peak_ewma",
  about: {
    summary: "of two hosts drawn at random the one with the lower round trip × (active requests + 1)",
    draws: "3",
    looksAt: ["health", "zones", "active requests", "round trips"],
  },
  configure({ decay = 10 * SECOND, default_rtt }) {
    const read = { decay, defaultRoundTrip: default_rtt ?? null };
    // One set of estimates for each process, shared by its workers as by Finagle's threads.
    const roundTrips = new WeakMap<PrioritySet, RoundTrips>();
    return (deps) => {
      let shared = roundTrips.get(deps.prioritySet);
      if (shared === undefined) roundTrips.set(deps.prioritySet, (shared = new WeakMap()));
      return new PeakEwma(deps, read, shared);
    };
  },
};
