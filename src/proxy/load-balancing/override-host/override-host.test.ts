import { expect, test } from "vitest";
import { childPolicy, configured, contextOf, depsOf } from "../../../../test/support/balancer.ts";
import { headOf } from "../../../../test/support/heads.ts";
import { hostsWithWeights, TestPrioritySet } from "../../../../test/support/hosts.ts";
import { scripted64 } from "../../../../test/support/scripted64.ts";
import { HealthFlag } from "../../cluster/host.ts";
import { testPolicy } from "../policy.suite.ts";
import { overrideHost } from "./config.ts";

const OPTIONS = {
  override_host_sources: [{ header: "X-Host" }, { metadata: { key: "filter", path: [{ key: "to" }] } }],
  fallback_policy: childPolicy("round_robin.v3.RoundRobin"),
};

testPolicy("override host without hosts named", configured(overrideHost, OPTIONS), {
  drawsPerPick: 1,
  drawsAtConstruction: 1,
  weights: "evenly",
});

test("each attempt takes the next host that the request names, then the fallback chooses", () => {
  const hosts = hostsWithWeights([1, 1, 1]);
  hosts[2]!.healthFlags = HealthFlag.failedEdsHealth;
  const random = scripted64(Array(3).fill("0"));
  const balancer = configured(overrideHost, OPTIONS)(depsOf(new TestPrioritySet(hosts), random));
  const context = contextOf({
    head: headOf({ headers: [["x-host", ` ${hosts[2]!.address}, 9.9.9.9:1,, `]] }),
    dynamicMetadata: { filter: { to: hosts[1]!.address } },
  });
  const chosen = Array.from({ length: 4 }, () => balancer.chooseHost(context));
  // The unhealthy host was named, an unknown one is passed over; then round robin among the healthy.
  expect(chosen).toEqual([hosts[2], hosts[1], hosts[0], hosts[1]]);
});
