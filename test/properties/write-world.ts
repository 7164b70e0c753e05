import { stringify } from "yaml";
import type { TestFiles } from "../support/run-scenario.ts";
import type {
  ClientParameters,
  FaultParameters,
  ProxyParameters,
  ServiceParameters,
  Time,
  WorldParameters,
} from "./world-parameters.ts";
import { bootstrapOf, proxyIp } from "./write-bootstrap.ts";

/** The longest that what is in flight may take; far beyond any back-off or backlog of these worlds. */
export const DRAIN_SECONDS = 200;

/** The files that a user would write for this world. */
export function writeWorld(world: WorldParameters): TestFiles {
  const files: Record<string, string> = { "scenario.yaml": stringify(scenarioOf(world)) };
  world.proxies.forEach((proxy, index) => {
    files[configName(index)] = stringify(bootstrapOf(world, proxy, index));
  });
  return files;
}

function configName(index: number): string {
  return `${proxyName(index)}.envoy.yaml`;
}

export function proxyName(index: number): string {
  return `proxy${index}`;
}

function scenarioOf(world: WorldParameters): object {
  const { proxies, clients, service, link, durationMs } = world;
  const common = { loss: percent(link.loss), ...(link.isNarrow && { bandwidth: "1MiB/s" }) };
  const across = { latency: timeOf(link.acrossZones), ...common };
  return {
    name: "random",
    seed: world.seed,
    duration: `${world.durationMs}ms`,
    warmup: world.hasWarmup ? `${world.durationMs / 5}ms` : "0s",
    drain: `${DRAIN_SECONDS}s`,
    network: {
      links: [
        ...(zonesOf(world).size === 2
          ? [
              { from: "zone:a", to: "zone:b", ...across },
              { from: "zone:b", to: "zone:a", ...across },
            ]
          : []),
        { latency: timeOf(link.latency), ...common },
      ],
    },
    proxies: Object.fromEntries(
      proxies.map((proxy, index) => [proxyName(index), proxyEntry(proxy, index, world)]),
    ),
    services: { store: serviceEntry(service) },
    clients: Object.fromEntries(
      clients.map((client, index) => [`client${index}`, clientEntry(client, world)]),
    ),
    faults: world.faults.map((fault) => faultEntry(fault, world)),
    changes: world.changes.map(({ admin, at, which }) => ({
      at: `${at * durationMs}ms`,
      proxy: proxyName(Math.min(which, proxies.length) - 1),
      admin,
    })),
  };
}

function zonesOf({ proxies, clients }: WorldParameters): Set<string> {
  return new Set([...proxies, ...clients].map(({ zone }) => zone));
}

function percent(share: number): string {
  return `${share * 100}%`;
}

function timeOf(time: Time): unknown {
  if (time.kind === "constant") return `${time.ms}ms`;
  if (time.kind === "uniform") return { uniform: { min: `${time.ms}ms`, max: `${time.to}ms` } };
  return { exponential: { mean: `${time.ms}ms` } };
}

function proxyEntry(
  { replicas, concurrency, overhead, zone }: ProxyParameters,
  index: number,
  { drain }: WorldParameters,
): object {
  return {
    config: configName(index),
    replicas,
    concurrency,
    address: proxyIp(index, 0),
    zone,
    ...(overhead && { overhead: timeOf(overhead) }),
    drain_time: `${drain.seconds}s`,
    drain_strategy: drain.strategy,
  };
}

function serviceEntry(service: ServiceParameters): object {
  return {
    cluster: "store",
    ...(service.workers !== null && { workers: service.workers }),
    ...(service.queue !== null && { queue: service.queue }),
    time: timeOf(service.time),
    ...(service.errorShare > 0 && {
      errors: { 500: percent(service.errorShare / 2), 503: percent(service.errorShare / 2) },
    }),
    body: `${service.bodyBytes}B`,
    drop_abandoned: service.dropsAbandoned,
  };
}

function clientEntry(client: ClientParameters, { durationMs }: WorldParameters): object {
  const request = { path: "/shop", body: `${client.bodyBytes}B` };
  return {
    to: client.isDirect ? "store" : proxyName(0),
    protocol: client.protocol,
    zone: client.zone,
    arrivals: arrivalsOf(client, durationMs),
    request: client.strays
      ? [
          { weight: 9, ...request },
          { weight: 1, path: "/nowhere" },
          { weight: 1, path: "/direct" },
          { weight: 2, path: "/old", body: `${client.bodyBytes}B` },
        ]
      : request,
    ...(client.timeoutMs !== null && { timeout: `${client.timeoutMs}ms` }),
  };
}

function arrivalsOf({ arrivals }: ClientParameters, durationMs: number): object {
  switch (arrivals.kind) {
    case "closed":
      return { closed: { users: arrivals.users, think: { exponential: { mean: `${arrivals.thinkMs}ms` } } } };
    case "steps":
      return {
        schedule: [
          { at: "0s", rate: `${arrivals.rate}/s` },
          { at: `${durationMs / 2}ms`, rate: `${arrivals.rate / 2}/s` },
        ],
      };
    default:
      return { [arrivals.kind]: `${arrivals.rate}/s` };
  }
}

export const effectValues = {
  slow: 8,
  time: "3ms",
  errors: { 503: "90%" },
  down: true,
  hang: true,
  pause: true,
  reset: "30%",
  latency: "4ms",
  add_latency: { exponential: { mean: "5ms" } },
  loss: "8%",
  cut: true,
} as const;

function faultEntry(fault: FaultParameters, world: WorldParameters): object {
  const { effect } = fault;
  return {
    at: `${Math.trunc(fault.from * world.durationMs)}ms`,
    ...(fault.for > 0 && { for: `${Math.ceil(fault.for * world.durationMs)}ms` }),
    ...targetOf(fault, world),
    [effect]: effectValues[effect],
    ...(effect === "cut" && fault.oneway && { oneway: true }),
  };
}

function targetOf(
  { target, which }: FaultParameters,
  { service, proxies, clients }: WorldParameters,
): object {
  const proxy = proxyName(Math.min(which, proxies.length) - 1);
  switch (target) {
    case "service":
      return { service: "store", hosts: Math.min(which, service.hosts.length) };
    case "link":
      return { link: { from: `proxy:${proxy}`, to: which === 1 ? "*" : "service:store" } };
    case "proxy":
      return { proxy };
    case "zone":
      return { zone: clients[0]!.zone };
  }
}
