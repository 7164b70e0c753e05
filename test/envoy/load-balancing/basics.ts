import { HealthFlag, type Host } from "../../../src/proxy/cluster/host.ts";
import { healthFlagsOf } from "../../../src/proxy/cluster/load-assignment.ts";
import type { HostSet } from "../../../src/proxy/cluster/priority-set.ts";
import { activeRequestWeight } from "../../../src/proxy/load-balancing/least-request/active-request-weight.ts";
import { scanAll } from "../../../src/proxy/load-balancing/least-request/full-scan.ts";
import { LeastRequest } from "../../../src/proxy/load-balancing/least-request/least-request.ts";
import { sampleChoices } from "../../../src/proxy/load-balancing/least-request/n-choices.ts";
import { Random } from "../../../src/proxy/load-balancing/random/random.ts";
import { RoundRobin } from "../../../src/proxy/load-balancing/round-robin/round-robin.ts";
import { EdfScheduler } from "../../../src/proxy/load-balancing/shared/edf-scheduler.ts";
import { ZONE_AWARE } from "../../../src/proxy/load-balancing/shared/locality-routing.ts";
import { wholePercent } from "../../../src/proxy/load-balancing/shared/panic.ts";
import { PriorityLoad, pickPriority } from "../../../src/proxy/load-balancing/shared/priority-load.ts";
import { depsOf, FIRST_ATTEMPT, PLAIN, picks } from "../../support/balancer.ts";
import { hostsWithWeights, TestPrioritySet, testHost } from "../../support/hosts.ts";
import { scripted64 } from "../../support/scripted64.ts";
import { type Answers, lowHalf } from "./answers.ts";

/** Priorities, schedules, and the policies without hashing. */
export const basics: Answers = {
  priority_load({ priorities, panic_threshold }) {
    const sets = priorities.map(hostSetOf);
    const load = new PriorityLoad(panic_threshold);
    load.update(sets, 0);
    return {
      health: load.health,
      degraded: load.degraded,
      normalized_total: load.normalizedTotal,
      healthy_load: load.healthyLoad,
      degraded_load: load.degradedLoad,
      panic: load.panic,
    };
  },
  priority_pick({ healthy_load, degraded_load, draw }) {
    const picked = pickPriority(healthy_load, degraded_load, Number(BigInt(draw) % 100n));
    return picked >= 0
      ? { priority: picked, availability: "healthy" }
      : { priority: -1 - picked, availability: "degraded" };
  },
  edf_order: ({ weights, seed, picks: count }) => edfPicks(weights, seed, count),
  edf_first_picks({ weights, seeds }) {
    const first = seeds.map((seed: string) => edfPicks(weights, seed, 1)[0]!);
    return {
      first_picks: first,
      counts: weights.map((_: number, i: number) => first.filter((pick: number) => pick === i).length),
    };
  },
  edf_script({ weights, seed, steps }) {
    const present = [...weights];
    const scheduler = EdfScheduler.createWithPicks(indicesOf(weights), (i) => present[i], lowHalf(seed));
    const order: number[] = [];
    for (const step of steps)
      if (step.set_weights) present.splice(0, present.length, ...step.set_weights);
      else for (let pick = 0; pick < step.picks; pick++) order.push(scheduler.pickAndAdd());
    return order;
  },
  rr_unweighted({ hosts: count, seed, picks: rounds }) {
    const hosts = hostsWithWeights(Array(count).fill(1));
    const random = scripted64([seed, ...Array(rounds).fill("0")]);
    const balancer = new RoundRobin(depsOf(new TestPrioritySet(hosts), random), PLAIN);
    return picks(balancer, rounds).map((host) => hosts.indexOf(host!));
  },
  lr_n_choices({ active, draws }) {
    const hosts = hostsWithActive(active);
    return { host: hosts.indexOf(sampleChoices(hosts, draws.length, scripted64(draws))) };
  },
  lr_full_scan({ active, draws }) {
    const hosts = hostsWithActive(active);
    const random = scripted64(draws);
    return { host: hosts.indexOf(scanAll(hosts, random)), draws_used: random.drawn };
  },
  lr_weighted_script({ weights, active, bias, seed, steps }) {
    const hosts = hostsWithWeights(weights);
    setActive(hosts, active);
    const balancer = weightedLeastRequest(hosts, bias, seed);
    const order: (Host | null)[] = [];
    for (const step of steps)
      if (step.set_active) setActive(hosts, step.set_active);
      else order.push(...picks(balancer, step.picks));
    return order.map((host) => hosts.indexOf(host!));
  },
  lr_weighted_inflight({ weights, bias, seed, requests }) {
    const hosts = hostsWithWeights(weights);
    const balancer = weightedLeastRequest(hosts, bias, seed);
    return Array.from({ length: requests }, () => {
      const host = balancer.chooseHost(FIRST_ATTEMPT)!;
      host.activeRequests++;
      return hosts.indexOf(host);
    });
  },
  lr_weight({ weights, active, bias }) {
    const hosts = hostsWithWeights(weights);
    setActive(hosts, active);
    return { host_weight: hosts.map(activeRequestWeight(bias)) };
  },
  random_pick({ hosts: count, draw }) {
    const hosts = hostsWithWeights(Array(count).fill(1));
    const random = scripted64([draw]);
    const [host] = picks(new Random(depsOf(new TestPrioritySet(hosts), random), ZONE_AWARE), 1);
    return { priority_x: random.mod(100) + 1, host: hosts.indexOf(host!) };
  },
  percent_to_int: ({ percent }) => wholePercent(percent),
  coarse_health({ health_status, flags }) {
    const healthFlags = flags.reduce(
      (bits: number, flag: string) => bits | FLAGS[flag]!,
      healthFlagsOf(health_status),
    );
    const host = testHost(0, { healthFlags });
    const [first, ...rest] = host.coarseHealth;
    return { health: first!.toUpperCase() + rest.join(""), excluded: host.isExcluded };
  },
};

const FLAGS: Readonly<Record<string, number>> = {
  FAILED_ACTIVE_HC: HealthFlag.failedActiveHealthCheck,
  FAILED_OUTLIER_CHECK: HealthFlag.failedOutlierCheck,
  DEGRADED_ACTIVE_HC: HealthFlag.degradedActiveHealthCheck,
  PENDING_ACTIVE_HC: HealthFlag.pendingActiveHealthCheck,
  PENDING_DYNAMIC_REMOVAL: HealthFlag.pendingDynamicRemoval,
};

/** A host set with lists of these sizes and, where priority health goes by weight, these sums of weights. */
function hostSetOf(counts: Record<string, number>, priority: number): HostSet {
  const list = (size: number, weight = size) =>
    Array.from({ length: size }, (_, i) => testHost(i, { weight: i === 0 ? weight - size + 1 : 1 }));
  return {
    priority,
    overprovisioningFactor: counts.opf!,
    weightedPriorityHealth: Boolean(counts.weighted),
    hosts: list(counts.total!, counts.total_weight),
    healthy: list(counts.healthy!, counts.healthy_weight),
    degraded: list(counts.degraded!, counts.degraded_weight),
    excluded: list(counts.excluded!, counts.excluded_weight),
  };
}

function edfPicks(weights: readonly number[], seed: string, count: number): number[] {
  const scheduler = EdfScheduler.createWithPicks(indicesOf(weights), (i) => weights[i]!, lowHalf(seed));
  return Array.from({ length: count }, () => scheduler.pickAndAdd());
}

function indicesOf(weights: readonly number[]): number[] {
  return weights.map((_, i) => i);
}

function hostsWithActive(active: readonly number[]): Host[] {
  const hosts = hostsWithWeights(active.map(() => 1));
  setActive(hosts, active);
  return hosts;
}

function setActive(hosts: readonly Host[], active: readonly number[]): void {
  active.forEach((count, i) => {
    hosts[i]!.activeRequests = count;
  });
}

/** Any number does for the draws of the priority: there is only one. */
function weightedLeastRequest(hosts: readonly Host[], bias: number, seed: string): LeastRequest {
  const random = scripted64([seed, ...Array(50).fill("0")]);
  const options = {
    ...PLAIN,
    choiceCount: 2,
    activeRequestBias: { key: "", otherwise: bias },
    selectionMethod: "N_CHOICES",
  } as const;
  return new LeastRequest(depsOf(new TestPrioritySet(hosts), random), options);
}
