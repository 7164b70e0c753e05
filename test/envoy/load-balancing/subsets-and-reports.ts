import type { JsonObject } from "../../../src/decode/message.ts";
import { healthFlagsOf } from "../../../src/proxy/cluster/load-assignment.ts";
import {
  defaultWeight,
  validWeight,
  weightOfReport,
} from "../../../src/proxy/load-balancing/client-side-weighted-round-robin/reported-weights.ts";
import type { MetadataMatch } from "../../../src/proxy/load-balancing/policy.ts";
import { subset } from "../../../src/proxy/load-balancing/subset/config.ts";
import { scaleWeight } from "../../../src/proxy/load-balancing/subset/host-subset.ts";
import { childPolicy, configured, contextOf, depsOf } from "../../support/balancer.ts";
import { TestPrioritySet, testHost } from "../../support/hosts.ts";
import { scripted64 } from "../../support/scripted64.ts";
import type { Answers } from "./answers.ts";

// biome-ignore lint/suspicious/noExplicitAny: each kind of vector has its own shape.
type Input = any;

export const subsetsAndReports: Answers = {
  subset({ hosts: metadata, config, requests }) {
    const hosts = metadata.map(({ _health = "HEALTHY", ...values }: Input, i: number) =>
      testHost(i, { metadata: values, healthFlags: healthFlagsOf(_health) }),
    );
    const { selectors, healthy_panic_threshold = 50, ...options } = config;
    const make = configured(subset, {
      ...options,
      subset_selectors: selectors,
      subset_lb_policy: childPolicy("round_robin.v3.RoundRobin"),
    });
    const deps = depsOf(new TestPrioritySet(hosts), scripted64(Array(200).fill("0")), {
      healthyPanicThreshold: healthy_panic_threshold,
    });
    const balancer = make(deps);
    const chosen = requests.map((request: JsonObject | null) => {
      const host = balancer.chooseHost(contextOf({ metadataMatch: matchOf(request) }));
      return host === null ? null : hosts.indexOf(host);
    });
    return { hosts: chosen };
  },
  subset_locality_scale: ({ weights, subset_hosts, original_hosts }) =>
    weights.map((weight: number, i: number) => scaleWeight(weight, subset_hosts[i], original_hosts[i])),
  orca_weight: ({ report, metric_names, penalty }) => weightOfReport(report, metric_names, penalty),
  orca_median({ valid_weights }) {
    const otherwise = defaultWeight(valid_weights.filter((weight: number | null) => weight !== null));
    return valid_weights.map((weight: number | null) => weight ?? otherwise);
  },
  orca_valid({ now, non_empty_since, last_update, blackout, expiration }) {
    const reported = { weight: 7, nonEmptySince: non_empty_since, lastUpdate: last_update };
    return validWeight(reported, now, { blackout, expiration }) === 7;
  },
};

function matchOf(request: JsonObject | null): MetadataMatch | null {
  return request && Object.entries(request).sort(([a], [b]) => (a < b ? -1 : 1));
}
