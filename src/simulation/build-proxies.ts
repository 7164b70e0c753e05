import type { Assignment } from "../proxy/cluster/priority-set.ts";
import type { ClusterConfig } from "../proxy/cluster-config.ts";
import { Proxy } from "../proxy/proxy.ts";
import { makeDistribution } from "../random/distributions/table.ts";
import { stream64 } from "../random/stream64.ts";
import type { ProxySpec } from "../scenario/scenario.ts";
import { ProxyTally } from "../telemetry/proxy-tally.ts";
import { JournalTrace } from "./journal-trace.ts";
import type { ProxyPlan } from "./plan.ts";
import { isNumeric } from "./plan-services.ts";
import { PROXY_START_SPAN, type WorldParts } from "./world-parts.ts";

export interface RunningProxy {
  readonly name: string;
  readonly tally: ProxyTally;
  readonly replicas: readonly Proxy[];
}

export function buildProxies(parts: WorldParts): RunningProxy[] {
  const { plan, observation, numbers } = parts;
  return plan.proxies.map((proxyPlan) => {
    const spec = plan.scenario.proxies.find(({ name }) => name === proxyPlan.name)!;
    const tally = new ProxyTally(spec.name, observation);
    const place = numbers.place("proxy", spec.name);
    const replicas = proxyPlan.replicas.map((_, replica) =>
      buildReplica(parts, spec, proxyPlan, replica, tally, place),
    );
    return { name: spec.name, tally, replicas };
  });
}

function buildReplica(
  parts: WorldParts,
  spec: ProxySpec,
  plan: ProxyPlan,
  replica: number,
  tally: ProxyTally,
  place: number,
): Proxy {
  const { simulator, network, recorder, activity, streams, numbers } = parts;
  const { address, zone } = plan.replicas[replica]!;
  const process = `${spec.name}/${replica}`;
  const number = numbers.station(address);
  const { journal } = recorder;
  const proxy = new Proxy(plan.config, {
    simulator,
    network,
    recorder,
    activity,
    tally,
    station: { kind: "proxy", of: spec.name, address, zone, number, place },
    replica,
    replicas: plan.replicas.length,
    concurrency: spec.concurrency,
    overhead: makeDistribution(spec.overhead),
    handshake: makeDistribution(spec.handshake),
    timerTick: spec.timerTick,
    ...(isDrained(plan, parts) && { drain: { time: spec.drainTime, strategy: spec.drainStrategy } }),
    assignmentOf: (cluster) => assignmentOf(plan, cluster),
    stationNumberOf: (host) => numbers.at(host.address),
    resolve: (name) => parts.plan.names.get(name) ?? null,
    random64: (name) => stream64(streams.stream("policy", `${process}/${name}`)),
    randomStream: (name) => streams.stream("proxy", `${process}/${name}`),
    ...(journal !== null && { trace: new JournalTrace(journal, number, simulator) }),
  });
  const start = streams.stream("start", process).uniform();
  simulator.at(-Math.ceil(start * PROXY_START_SPAN), startProxy, proxy);
  // Statistics run from time 0, but only health checks make proxies do anything before.
  const someoneChecks = parts.plan.proxies.some(({ config }) =>
    config.clusters.some(({ healthCheck }) => healthCheck !== undefined),
  );
  if (someoneChecks) simulator.at(0, countFromNow, proxy);
  return proxy;
}

function isDrained({ name }: ProxyPlan, { plan }: WorldParts): boolean {
  return plan.scenario.changes.some(({ proxies }) => proxies.includes(name));
}

/** Names in a cluster's configuration stand for nothing until discovery answers. */
export function assignmentOf({ discovered }: ProxyPlan, { name, assignment }: ClusterConfig): Assignment {
  const listed = assignment.endpoints.filter(({ address }) => isNumeric(address));
  return { ...assignment, endpoints: discovered.get(name) ?? listed };
}

function startProxy(proxy: Proxy): void {
  proxy.start();
}

function countFromNow(proxy: Proxy): void {
  proxy.countFromNow();
}
