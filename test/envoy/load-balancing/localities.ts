import { MILLISECOND } from "../../../src/kernel/time.ts";
import { isDropped } from "../../../src/proxy/cluster/drop-overload.ts";
import type { PriorityShares } from "../../../src/proxy/load-balancing/policy.ts";
import { RoundRobin } from "../../../src/proxy/load-balancing/round-robin/round-robin.ts";
import { ZONE_AWARE } from "../../../src/proxy/load-balancing/shared/locality-routing.ts";
import {
  effectiveWeight,
  scheduleLocalities,
} from "../../../src/proxy/load-balancing/shared/locality-schedule.ts";
import { PreviousPriorities } from "../../../src/proxy/load-balancing/shared/previous-priorities.ts";
import { NO_SLOW_START, slowStartFactor } from "../../../src/proxy/load-balancing/shared/slow-start.ts";
import { passZoneGate, pickZone } from "../../../src/proxy/load-balancing/shared/zone-routing.ts";
import { zoneStructures } from "../../../src/proxy/load-balancing/shared/zone-structures.ts";
import { contextOf, depsOf, picks } from "../../support/balancer.ts";
import { TestPrioritySet, testHost } from "../../support/hosts.ts";
import { scripted64 } from "../../support/scripted64.ts";
import { type Answers, lowHalf } from "./answers.ts";

// biome-ignore lint/suspicious/noExplicitAny: each kind of vector has its own shape.
type Input = any;

export const localities: Answers = {
  zone_structures({
    local_healthy_by_locality,
    upstream_healthy_groups,
    upstream_has_local_locality,
    force_local_zone_min_size,
  }) {
    const values = (list: [string, number][]) => list.map(([key, value]) => ({ key, value }));
    const structures = zoneStructures({
      local: values(local_healthy_by_locality),
      upstream: values(upstream_healthy_groups),
      hasLocal: upstream_has_local_locality,
      firstGroupSize: upstream_healthy_groups[0][1],
      forcedMinimum: force_local_zone_min_size,
    });
    return {
      state: structures.state === "direct" ? "LocalityDirect" : "LocalityResidual",
      percentages: structures.percentages,
      local_percent_to_route: structures.localPercentToRoute,
      residual_capacity: structures.residualCapacity,
    };
  },
  zone_pick({ structures, draws_after_priority_draw }) {
    const random = scripted64(draws_after_priority_draw);
    const { zone, stat } = pickZone(
      {
        state: structures.state === "LocalityDirect" ? "direct" : "residual",
        percentages: structures.percentages,
        localPercentToRoute: structures.local_percent_to_route,
        residualCapacity: structures.residual_capacity,
      },
      random,
    );
    return { locality_index: zone, draws_used: random.drawn, stat: stat.join(" and ") };
  },
  zone_gate(input) {
    const passed = passZoneGate({
      upstreamLocalities: input.upstream_healthy_localities,
      localLocalities: input.local_localities,
      localHasLocalLocality: input.local_has_local_locality,
      localFirstGroupSize: input.local_first_group_size,
      healthyHosts: input.healthy_upstream_hosts,
      minClusterSize: input.min_cluster_size,
      isForced: input.force,
    });
    return { zone_routing: passed === true, stat: passed === true ? null : passed };
  },
  locality_weight({ localities: list, opf, seed, picks: count }) {
    const effective = list.map((locality: Input) => effectiveWeight(locality, opf));
    const schedule = scheduleLocalities(effective, lowHalf(seed))!;
    const order = Array.from({ length: count }, () => schedule.pickAndAdd());
    return {
      effective,
      counts: list.map((_: Input, i: number) => order.filter((index) => index === i).length),
      first10: order.slice(0, 10),
    };
  },
  slow_start_factor: ({ window_ms, since_hc_pass_ms, aggression, min_weight_percent }) => ({
    factor: slowStartFactor(
      since_hc_pass_ms,
      { windowMs: window_ms, minWeightPercent: min_weight_percent },
      aggression,
    ),
  }),
  slow_start_order({ window_ms, since_hc_pass_ms, aggression, min_weight_percent, seed, picks: count }) {
    const now = 1_000_000 * MILLISECOND;
    const hosts = since_hc_pass_ms.map((_: Input, i: number) => testHost(i));
    since_hc_pass_ms.forEach((since: number | null, i: number) => {
      hosts[i].lastHealthCheckPass = since === null ? 0 : now - since * MILLISECOND;
    });
    const slowStart = {
      windowMs: window_ms,
      aggression: { key: "", otherwise: aggression },
      minWeightPercent: min_weight_percent,
    };
    const random = scripted64([seed, ...Array(count).fill("0")]);
    const deps = depsOf(new TestPrioritySet(hosts), random, { clock: { now } });
    const balancer = new RoundRobin(deps, { routing: ZONE_AWARE, slowStart });
    return picks(balancer, count).map((host) => hosts.indexOf(host));
  },
  slow_start_share({ window_ms, since_added_ms, min_weight_percent, picks: count }) {
    const hosts = [testHost(0), testHost(1), testHost(2)];
    const now = 1_000_000 * MILLISECOND;
    hosts.forEach((host, i) => {
      host.lastHealthCheckPass = i < 2 ? 0 : now;
    });
    const slowStart = { ...NO_SLOW_START, windowMs: window_ms, minWeightPercent: min_weight_percent };
    const clock = { now };
    const deps = depsOf(new TestPrioritySet(hosts), scripted64(Array(3000).fill("0")), { clock });
    const balancer = new RoundRobin(deps, { routing: ZONE_AWARE, slowStart });
    // Requests go on all the time, so that entries of the schedule get their present weight.
    for (clock.now = now; clock.now < now + since_added_ms * MILLISECOND; clock.now += 20 * MILLISECOND)
      balancer.chooseHost(contextOf());
    return picks(balancer, count).filter((host) => host === hosts[2]).length;
  },
  retry_priority_load({ update_frequency, health, degraded, attempted_priorities }) {
    const previous = new PreviousPriorities(update_frequency);
    for (const priority of attempted_priorities) previous.onHostAttempted(testHost(0, { priority }));
    const original: PriorityShares = { healthyLoad: [], degradedLoad: [] };
    const shares = previous.shares(health, degraded, original);
    if (shares === original) return null;
    return { healthy_load: shares.healthyLoad, degraded_load: shares.degradedLoad };
  },
  retry_priorities({ priorities, update_frequency, attempts }) {
    const hosts = Array.from({ length: priorities }, (_, priority) => [testHost(priority, { priority })]);
    const previous = new PreviousPriorities(update_frequency);
    const random = scripted64(["0", ...Array(attempts).fill("0")]);
    const balancer = new RoundRobin(depsOf(new TestPrioritySet(...hosts), random), {
      routing: ZONE_AWARE,
      slowStart: NO_SLOW_START,
    });
    return Array.from({ length: attempts }, (_, attempt) => {
      const host = balancer.chooseHost(contextOf({ retryPriority: attempt === 0 ? null : previous }))!;
      previous.onHostAttempted(host);
      return host.endpoint.priority;
    });
  },
  drop_overload: ({ ratio, draw }) => ({ drop: isDropped(ratio, scripted64(draw === null ? [] : [draw])) }),
};
