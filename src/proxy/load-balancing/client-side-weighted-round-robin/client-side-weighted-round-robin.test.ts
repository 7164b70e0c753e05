import { expect, test } from "vitest";
import { configured, contextOf, depsOf, picks } from "../../../../test/support/balancer.ts";
import { hostsWithWeights, TestPrioritySet } from "../../../../test/support/hosts.ts";
import { scripted64 } from "../../../../test/support/scripted64.ts";
import { SECOND } from "../../../kernel/time.ts";
import { testPolicy } from "../policy.suite.ts";
import { clientSideWeightedRoundRobin } from "./config.ts";

// Until the first period is over the configured weights hold.
testPolicy("client-side weighted round robin", configured(clientSideWeightedRoundRobin), {
  drawsPerPick: 1,
  drawsAtConstruction: 1,
  weights: "evenly",
});

function setUp(options = {}) {
  const clock = { now: 0 };
  const hosts = hostsWithWeights([1, 1, 1]);
  const prioritySet = new TestPrioritySet(hosts);
  const make = configured(clientSideWeightedRoundRobin, options);
  const balancers = [0, 1].map(() => make(depsOf(prioritySet, scripted64(Array(5000).fill("0")), { clock })));
  return { clock, hosts, balancers };
}

test("gives hosts shares by what they report, once they have reported long enough", () => {
  const { clock, hosts, balancers } = setUp();
  for (; clock.now < 11 * SECOND; clock.now += SECOND)
    hosts.forEach((host, i) => {
      balancers[0]!.onLoadReport!(host, { rps_fractional: 100 * (i + 1), application_utilization: 0.5 });
    });
  clock.now = 9 * SECOND;
  clock.now = 12 * SECOND;
  for (const balancer of balancers) {
    const chosen = picks(balancer, 600);
    expect(hosts.map((host) => Math.round(chosen.filter((one) => one === host).length / 10))).toEqual([
      10, 20, 30,
    ]);
  }
  expect(hosts.map(({ weight }) => weight)).toEqual([200, 400, 600]);
});

test("a host that reports nothing gets the median, and all are equal when reports have expired", () => {
  const { clock, hosts, balancers } = setUp({ blackout_period: "0s", weight_expiration_period: "5s" });
  const [balancer] = balancers;
  balancer!.onLoadReport!(hosts[0]!, { rps_fractional: 10, cpu_utilization: 0.1 });
  balancer!.onLoadReport!(hosts[1]!, { rps_fractional: 30, cpu_utilization: 0.1 });
  clock.now = SECOND;
  balancer!.chooseHost(contextOf());
  expect(hosts.map(({ weight }) => weight)).toEqual([100, 300, 200]);
  clock.now = 3600 * SECOND;
  balancer!.chooseHost(contextOf());
  expect(hosts.map(({ weight }) => weight)).toEqual([1, 1, 1]);
});

test("a named metric comes before the application's utilisation, and errors cost weight", () => {
  const { clock, hosts, balancers } = setUp({
    blackout_period: "0s",
    error_utilization_penalty: 1,
    metric_names_for_computing_utilization: ["named_metrics.*"],
  });
  const report = {
    rps_fractional: 100,
    eps: 50,
    application_utilization: 0.9,
    named_metrics: { a: 0.1, b: 0.5 },
  };
  balancers[0]!.onLoadReport!(hosts[0]!, report);
  clock.now = SECOND;
  balancers[0]!.chooseHost(contextOf());
  expect(hosts[0]!.weight).toBe(100);
});
