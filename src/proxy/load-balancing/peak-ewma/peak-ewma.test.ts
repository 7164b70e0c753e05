import { describe, expect, test } from "vitest";
import { contextOf, depsOf } from "../../../../test/support/balancer.ts";
import { hostsWithWeights, TestPrioritySet } from "../../../../test/support/hosts.ts";
import { scripted64 } from "../../../../test/support/scripted64.ts";
import { MILLISECOND, SECOND } from "../../../kernel/time.ts";
import { testPolicy } from "../policy.suite.ts";
import { peakEwma } from "./config.ts";
import { RoundTrip } from "./round-trip.ts";

testPolicy("peak EWMA", peakEwma.configure({}), {
  drawsPerPick: 3,
  drawsAtConstruction: 0,
  weights: "ignored",
});

describe("a round trip", () => {
  const decay = 10 * SECOND;

  test("rises at once and falls by the time constant", () => {
    const roundTrip = new RoundTrip(10 * MILLISECOND, 0);
    roundTrip.observe(50 * MILLISECOND, SECOND, decay);
    expect(roundTrip.at(SECOND, decay)).toBe(50 * MILLISECOND);
    roundTrip.observe(10 * MILLISECOND, 11 * SECOND, decay);
    // One time constant later: 50/e + 10 (1 - 1/e) ms.
    const expected = (50 / Math.E + 10 * (1 - 1 / Math.E)) * MILLISECOND;
    expect(Math.abs(roundTrip.at(11 * SECOND, decay) / expected - 1)).toBeLessThan(1e-12);
  });

  test("fades in silence", () => {
    const roundTrip = new RoundTrip(MILLISECOND, 0);
    expect(Math.abs(roundTrip.at(10 * SECOND, decay) / (MILLISECOND / Math.E) - 1)).toBeLessThan(1e-12);
  });
});

describe("of two hosts", () => {
  function setUp(options = {}) {
    const hosts = hostsWithWeights([1, 1]);
    // Priority, then hosts 0 and 1, for each pick.
    const random = scripted64(Array(30).fill("0"));
    const balancer = peakEwma.configure(options)(depsOf(new TestPrioritySet(hosts), random));
    return { hosts, balancer, pick: () => hosts.indexOf(balancer.chooseHost(contextOf())!) };
  }

  test("the one with the shorter round trip for its requests is taken", () => {
    const { hosts, balancer, pick } = setUp();
    balancer.onRequestEnded!(hosts[0]!, 30 * MILLISECOND);
    balancer.onRequestEnded!(hosts[1]!, 20 * MILLISECOND);
    expect(pick()).toBe(1);
    hosts[1]!.activeRequests = 1;
    expect(pick()).toBe(0);
  });

  test("Finagle avoids a host that has a request and no answer yet, linkerd takes a default", () => {
    const finagle = setUp();
    finagle.balancer.onRequestEnded!(finagle.hosts[0]!, SECOND);
    finagle.hosts[1]!.activeRequests = 1;
    expect(finagle.pick()).toBe(0);
    const linkerd = setUp({ default_rtt: 30 * MILLISECOND });
    linkerd.balancer.onRequestEnded!(linkerd.hosts[0]!, SECOND);
    linkerd.hosts[1]!.activeRequests = 1;
    expect(linkerd.pick()).toBe(1);
  });
});
