import { describe, expect, test } from "vitest";
import {
  childPolicy,
  configured,
  contextOf,
  depsOf,
  FIRST_ATTEMPT,
} from "../../../../test/support/balancer.ts";
import { TestPrioritySet, testHost } from "../../../../test/support/hosts.ts";
import { scripted64 } from "../../../../test/support/scripted64.ts";
import type { JsonObject } from "../../../decode/message.ts";
import type { Host } from "../../cluster/host.ts";
import { testPolicy } from "../policy.suite.ts";
import type { LoadBalancer } from "../policy.ts";
import { subset } from "./config.ts";

const ROUND_ROBIN = { subset_lb_policy: childPolicy("round_robin.v3.RoundRobin") };

testPolicy(
  "subsets with any endpoint as the fallback",
  configured(subset, {
    ...ROUND_ROBIN,
    fallback_policy: "ANY_ENDPOINT",
    subset_selectors: [{ keys: ["v"] }],
  }),
  { drawsPerPick: 1, drawsAtConstruction: 1, weights: "evenly" },
);

function hostsWith(...metadata: JsonObject[]): Host[] {
  return metadata.map((values, i) => testHost(i, { metadata: values }));
}

function pick(balancer: LoadBalancer, wanted: JsonObject): Host | null {
  const metadataMatch = Object.entries(wanted).sort(([a], [b]) => (a < b ? -1 : 1));
  return balancer.chooseHost(contextOf({ metadataMatch }));
}

function setUp(options: JsonObject, ...hosts: Host[]) {
  const prioritySet = new TestPrioritySet(hosts);
  const deps = depsOf(prioritySet, scripted64(Array(200).fill("0")));
  const balancer = configured(subset, { ...ROUND_ROBIN, ...options })(deps);
  const count = (name: string) => deps.stats.counter(`cluster.c.lb_subsets_${name}`).value;
  const active = () => deps.stats.gauge("cluster.c.lb_subsets_active").value;
  return { prioritySet, balancer, count, active };
}

describe("subsets", () => {
  const versions = { subset_selectors: [{ keys: ["v"] }] };

  test("come and go with the hosts that they are made of", () => {
    const hosts = hostsWith({ v: 1 }, { v: 2 });
    const { prioritySet, balancer, count, active } = setUp(versions, ...hosts);
    expect([count("created"), active()]).toEqual([2, 2]);
    expect(pick(balancer, { v: 2 })).toBe(hosts[1]);
    const [added] = hostsWith({ v: 3 });
    prioritySet.replace(0, [hosts[0]!, added!]);
    balancer.update(0);
    expect(pick(balancer, { v: 2 })).toBeNull();
    expect(pick(balancer, { v: 3 })).toBe(added);
    expect([count("created"), count("removed"), active()]).toEqual([3, 1, 2]);
  });

  test("tell numbers from texts and look into structures whatever the order of keys", () => {
    const hosts = hostsWith({ v: 1 }, { v: "1" }, { v: { a: 1, b: [2] } });
    const { balancer } = setUp(versions, ...hosts);
    expect(pick(balancer, { v: 1 })).toBe(hosts[0]);
    expect(pick(balancer, { v: "1" })).toBe(hosts[1]);
    expect(pick(balancer, { v: { b: [2], a: 1 } })).toBe(hosts[2]);
  });

  test("are not found by what JavaScript objects have anyway", () => {
    const { balancer } = setUp({ subset_selectors: [{ keys: ["constructor"] }] }, ...hostsWith({}));
    expect(pick(balancer, { constructor: "x" })).toBeNull();
  });

  test("count what was selected and what fell back", () => {
    const options = { ...versions, fallback_policy: "DEFAULT_SUBSET", default_subset: { v: 1 } };
    const hosts = hostsWith({ v: 1 }, { v: 2 });
    const { balancer, count } = setUp(options, ...hosts);
    pick(balancer, { v: 2 });
    expect(pick(balancer, { v: 9 })).toBe(hosts[0]);
    expect(balancer.chooseHost(FIRST_ATTEMPT)).toBe(hosts[0]);
    expect([count("selected"), count("fallback"), count("fallback_panic")]).toEqual([1, 2, 0]);
  });

  test("panic_mode_any takes any host when the default subset has none", () => {
    const options = {
      ...versions,
      fallback_policy: "DEFAULT_SUBSET",
      default_subset: { v: 7 },
      panic_mode_any: true,
    };
    const hosts = hostsWith({ v: 1 });
    const { balancer, count } = setUp(options, ...hosts);
    expect(pick(balancer, { v: 9 })).toBe(hosts[0]);
    expect(count("fallback_panic")).toBe(1);
  });

  test("draw a seed for each balancer that is made", () => {
    const prioritySet = new TestPrioritySet(hostsWith({ v: 1 }, { v: 1 }, { v: 2 }, { v: 2 }));
    // Subset 1 starts at seed 0, subset 2 at seed 1; picks draw for the priority.
    const random = scripted64(["0", "1", "0", "0"]);
    const balancer = configured(subset, { ...ROUND_ROBIN, ...versions })(depsOf(prioritySet, random));
    const { hosts } = prioritySet.hostSets[0]!;
    expect(pick(balancer, { v: 1 })).toBe(hosts[0]);
    expect(pick(balancer, { v: 2 })).toBe(hosts[3]);
  });
});
