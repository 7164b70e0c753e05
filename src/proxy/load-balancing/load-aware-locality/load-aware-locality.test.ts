import { describe, expect, test } from "vitest";
import { childPolicy, configured, depsOf, picks } from "../../../../test/support/balancer.ts";
import { TestPrioritySet, testHost } from "../../../../test/support/hosts.ts";
import { SECOND } from "../../../kernel/time.ts";
import { stream64 } from "../../../random/stream64.ts";
import { Streams } from "../../../random/streams.ts";
import { testPolicy } from "../policy.suite.ts";
import { loadAwareLocality } from "./config.ts";
import { sharesOf } from "./locality-shares.ts";

const OPTIONS = { endpoint_picking_policy: childPolicy("round_robin.v3.RoundRobin") };

// A draw for the priority, none for the one locality, one of round robin. Each of the three lists has its own.
testPolicy("load-aware locality", configured(loadAwareLocality, OPTIONS), {
  drawsPerPick: 2,
  drawsAtConstruction: 3,
  weights: "evenly",
});

describe("shares of localities", () => {
  const options = { varianceThreshold: 0.1, probeFraction: 0.03 };

  test("go by the room that hosts have", () => {
    const { weights } = sharesOf(
      [
        { hosts: 2, utilization: 0.5 },
        { hosts: 4, utilization: 0.75 },
        { hosts: 1, utilization: null },
        { hosts: 3, utilization: 1.5 },
      ],
      false,
      options,
    );
    expect(weights).toEqual([1, 1, 1, 0]);
  });

  test("leave all but a probe to the own locality while it is not much busier", () => {
    const remote = { hosts: 2, utilization: 0.5 };
    const preferred = sharesOf([{ hosts: 1, utilization: 0.6 }, remote], true, options);
    expect(preferred).toMatchObject({ weights: [0.97, 0.03], prefersLocal: true, probes: true });
    const spilling = sharesOf([{ hosts: 1, utilization: 0.7 }, remote], true, options);
    expect(spilling.prefersLocal).toBe(false);
    expect(spilling.weights[1]).toBe(1);
  });

  test("go by the number of hosts when nobody has room", () => {
    const full = [2, 5].map((hosts) => ({ hosts, utilization: 1 }));
    expect(sharesOf(full, false, options)).toMatchObject({ weights: [2, 5], isOverloaded: true });
  });
});

describe("with a locality of its own", () => {
  const places = ["a", "b"].map((zone) => ({ region: "r", zone, subZone: "" }));
  const hosts = [0, 1].map((place) => testHost(place, { locality: places[place]! }));

  function setUp() {
    const clock = { now: 0 };
    const random = stream64(new Streams("1").stream("test", "load-aware"));
    const settings = { clock, ownLocality: places[0]! };
    const deps = depsOf(new TestPrioritySet(hosts), random, settings);
    return { clock, deps, balancer: configured(loadAwareLocality, OPTIONS)(deps) };
  }

  test("3 % of requests go elsewhere without any report", () => {
    const { deps, balancer } = setUp();
    const elsewhere = picks(balancer, 3000).filter((host) => host === hosts[1]).length;
    // Binomial with standard deviation 9.3: five of them.
    expect(Math.abs(elsewhere - 90)).toBeLessThan(47);
    expect(deps.stats.counter("cluster.c.lb_zone_routing_sampled").value).toBe(3000 - elsewhere);
    expect(deps.stats.counter("cluster.c.lb_zone_routing_cross_zone").value).toBe(elsewhere);
  });

  test("requests spill as the own locality gets busy, smoothed over periods", () => {
    const { clock, balancer } = setUp();
    const share = () => picks(balancer, 2000).filter((host) => host === hosts[1]).length / 2000;
    for (; clock.now < 60 * SECOND; clock.now += SECOND) {
      balancer.onLoadReport!(hosts[0]!, { application_utilization: 0.8 });
      balancer.onLoadReport!(hosts[1]!, { application_utilization: 0.4 });
    }
    // Room of 0.2 here and 0.6 there; standard deviation 0.01, five of them.
    expect(Math.abs(share() - 0.75)).toBeLessThan(0.05);
  });
});
