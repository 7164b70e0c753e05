import { expect, test } from "vitest";
import { depsOf, FIRST_ATTEMPT } from "../../../test/support/balancer.ts";
import { hostsWithWeights, TestPrioritySet } from "../../../test/support/hosts.ts";
import { messageOf } from "../../../test/support/message.ts";
import { stream64 } from "../../random/stream64.ts";
import { Streams } from "../../random/streams.ts";
import { leastRequest } from "../load-balancing/least-request/config.ts";
import { readChild } from "../load-balancing/resolve.ts";
import { slowStartFactor } from "../load-balancing/shared/slow-start.ts";
import { readRuntimeDouble, runtimeInteger, runtimeNumber } from "./runtime-number.ts";

test("a runtime value replaces the default of its key", () => {
  const bias = readRuntimeDouble(messageOf({ default_value: 0.5, runtime_key: "lb.bias" }));
  expect(runtimeNumber(new Map(), bias)).toBe(0.5);
  expect(runtimeNumber(new Map([["lb.bias", 2]]), bias)).toBe(2);
  expect(runtimeNumber(new Map([["lb.bias", "much"]]), bias)).toBe(0.5);
});

test("whole numbers are wanted where Envoy wants them", () => {
  const runtime = new Map([
    ["share", 0.5],
    ["size", 3],
  ]);
  expect(runtimeInteger(runtime, "share", 7)).toBe(7);
  expect(runtimeInteger(runtime, "size", 7)).toBe(3);
});

test("the bias of least request follows the runtime", () => {
  const make = leastRequest.configure(
    messageOf({ active_request_bias: { default_value: 0, runtime_key: "lb.bias" } }),
    readChild,
  );
  const shareOfBusy = (bias: number) => {
    const hosts = hostsWithWeights([1, 2]);
    hosts[1]!.activeRequests = 3;
    const random = stream64(new Streams("1").stream("test", "bias"));
    const balancer = make(
      depsOf(new TestPrioritySet(hosts), random, { runtime: new Map([["lb.bias", bias]]) }),
    );
    let busy = 0;
    for (let i = 0; i < 300; i++) if (balancer.chooseHost(FIRST_ATTEMPT) === hosts[1]) busy++;
    return busy / 300;
  };
  // Weights 1 : 2, or with a bias of 1 weights 1 : 2 / 4; the schedule keeps within one pick.
  expect(shareOfBusy(0)).toBeCloseTo(2 / 3, 1);
  expect(shareOfBusy(1)).toBeCloseTo(1 / 3, 1);
});

test("slow start rises with the aggression that it is given", () => {
  const options = { windowMs: 1000, minWeightPercent: 0 };
  expect(slowStartFactor(250, options, 1)).toBe(0.25);
  expect(slowStartFactor(250, options, 2)).toBe(0.5);
});
