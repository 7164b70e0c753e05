import { describe, expect, test } from "vitest";
import { CountingRandom64, configured, depsOf, picks } from "../../../../test/support/balancer.ts";
import { hostsWithWeights, TestPrioritySet } from "../../../../test/support/hosts.ts";
import { messageOf } from "../../../../test/support/message.ts";
import { scripted64 } from "../../../../test/support/scripted64.ts";
import { stream64 } from "../../../random/stream64.ts";
import { Streams } from "../../../random/streams.ts";
import { testPolicy } from "../policy.suite.ts";
import { leastRequest } from "./config.ts";

testPolicy("least request of two choices", configured(leastRequest), {
  drawsPerPick: 3,
  drawsAtConstruction: 1,
  weights: "evenly",
});

testPolicy("least request of five choices", configured(leastRequest, { choice_count: 5 }), {
  drawsPerPick: 6,
  drawsAtConstruction: 1,
  weights: "evenly",
});

testPolicy("least request by full scan", configured(leastRequest, { selection_method: "FULL_SCAN" }), {
  drawsPerPick: 1,
  drawsAtConstruction: 1,
  weights: "evenly",
});

test("the old configuration has no full scan and reads choice_count and the bias", () => {
  const cluster = messageOf({
    least_request_lb_config: { choice_count: 3, active_request_bias: { default_value: 0 } },
  });
  const counting = new CountingRandom64(scripted64(Array(5).fill("0")));
  const prioritySet = new TestPrioritySet(hostsWithWeights([1, 1]));
  picks(leastRequest.legacy!.configure(cluster)(depsOf(prioritySet, counting)), 1);
  expect(counting.drawn).toBe(5);
});

describe("active_request_bias", () => {
  /** Hosts picked in order with weights 1 and 2 while host 1 has three active requests. */
  function order(bias: number | string): number[] {
    const hosts = hostsWithWeights([1, 2]);
    hosts[1]!.activeRequests = 3;
    const make = configured(leastRequest, { active_request_bias: { default_value: bias } });
    const balancer = make(depsOf(new TestPrioritySet(hosts), scripted64(Array(7).fill("0"))));
    return picks(balancer, 6).map((host) => hosts.indexOf(host!));
  }

  test("0 leaves the weights as they are", () => {
    expect(order(0)).toEqual([1, 0, 1, 1, 0, 1]);
  });

  test("1 divides the weight by active requests + 1: 1 against 1/2", () => {
    // What Envoy adds to weights lets host 1 come up just before host 0 where their deadlines would be equal.
    expect(order(1)).toEqual([0, 1, 0, 0, 1, 0]);
  });

  test.each([-1, "NaN"])("%s counts as 1", (bias) => {
    expect(order(bias)).toEqual(order(1));
  });
});

test("runtime replaces the bias", () => {
  const make = configured(leastRequest, {
    active_request_bias: { default_value: 0, runtime_key: "lb.bias" },
  });
  const shareOfBusy = (bias: number) => {
    const hosts = hostsWithWeights([1, 2]);
    hosts[1]!.activeRequests = 3;
    const random = stream64(new Streams("1").stream("test", "bias"));
    const runtime = new Map([["lb.bias", bias]]);
    const chosen = picks(make(depsOf(new TestPrioritySet(hosts), random, { runtime })), 300);
    return chosen.filter((host) => host === hosts[1]).length / 300;
  };
  // Weights 1 : 2, with a bias of 1 instead 1 : 2/4; the schedule keeps within one pick of its shares.
  expect(Math.abs(shareOfBusy(0) - 2 / 3)).toBeLessThan(0.01);
  expect(Math.abs(shareOfBusy(1) - 1 / 3)).toBeLessThan(0.01);
});
