import {
  type Fault,
  type FaultPart,
  hostFault,
  linkFault,
  proxyDown,
  proxyPressure,
} from "../fault/fault.ts";
import type { PathFilter } from "../network/network.ts";
import type { LinkEffect } from "../network/path.ts";
import type { Station } from "../network/station.ts";
import { makeDistribution } from "../random/distributions/table.ts";
import type { FaultSpec, FaultTarget } from "../scenario/scenario.ts";
import type { Selector } from "../scenario/selector.ts";
import type { HostEffect } from "../service/host-effect.ts";
import type { Instance } from "../service/instance.ts";
import { makeErrorModel } from "../service/service-model.ts";
import type { RunningProxy } from "./build-proxies.ts";
import type { RunningService } from "./build-services.ts";
import { chosenHosts } from "./chosen-hosts.ts";
import { matchesSelector } from "./match-selector.ts";
import type { ServicePlan } from "./plan.ts";
import type { WorldParts } from "./world-parts.ts";

/** Resolves the faults of a scenario to what they hit. */
export function buildFaults(
  parts: WorldParts,
  services: readonly RunningService[],
  proxies: readonly RunningProxy[],
): Fault[] {
  return parts.plan.scenario.faults.map((spec) => ({
    at: spec.at,
    until: spec.at + spec.for,
    parts: [...hostParts(spec, services), ...proxyParts(spec, proxies), ...linkParts(spec, parts)],
  }));
}

function hostParts(spec: FaultSpec, services: readonly RunningService[]): FaultPart[] {
  const effect = hostEffect(spec);
  if (effect === undefined) return [];
  const instances = services.flatMap((service) => instancesOf(spec.target, service));
  return instances.length === 0 ? [] : [hostFault(instances, effect)];
}

function instancesOf(target: FaultTarget, service: RunningService): readonly Instance[] {
  if (target.kind === "zone") return service.instances.filter(({ station }) => station.zone === target.zone);
  if (target.kind !== "service" || service.spec?.name !== target.service) return [];
  return chosenHosts(target.hosts, service.instances, ({ station }) => station.address);
}

/** Undefined when the fault does nothing to hosts. */
function hostEffect(spec: FaultSpec): HostEffect | undefined {
  const { slow, time, errors, down, hang, pause, reset } = spec;
  if ([slow, time, errors, down, hang, pause, reset].every((part) => part === undefined)) return undefined;
  return {
    slow: slow ?? 1,
    time: time && makeDistribution(time),
    errors: errors && makeErrorModel(errors),
    isDown: down ?? false,
    hangs: hang ?? false,
    isPaused: pause ?? false,
    reset: reset ?? 0,
  };
}

function proxyParts({ target, down, pressure }: FaultSpec, proxies: readonly RunningProxy[]): FaultPart[] {
  if (down !== true && pressure === undefined) return [];
  const hit = proxies.flatMap(({ name, replicas }) =>
    replicas.filter(({ deps }) =>
      target.kind === "proxy"
        ? target.proxy === name
        : target.kind === "zone" && deps.station.zone === target.zone,
    ),
  );
  if (hit.length === 0) return [];
  return [
    ...(down === true ? [proxyDown(hit)] : []),
    ...(pressure === undefined ? [] : [proxyPressure(hit, pressure)]),
  ];
}

function linkParts(spec: FaultSpec, { network, plan }: WorldParts): FaultPart[] {
  const [there, back] = directionsOf(spec.target, plan.services);
  const parts: FaultPart[] = [];
  const { cut, oneway } = spec;
  if (cut === true)
    parts.push(linkFault(network, oneway === true ? there : eitherOf(there, back), cutEffect));
  const effect = linkEffect(spec);
  // A link is one direction; a station has links to it and from it.
  if (effect !== undefined) {
    parts.push(linkFault(network, spec.target.kind === "link" ? there : eitherOf(there, back), effect));
  }
  return parts;
}

const cutEffect: LinkEffect = { latency: undefined, addLatency: undefined, loss: 0, isCut: true };

/** Undefined when the fault changes no latency and no loss. */
function linkEffect({ latency, addLatency, loss }: FaultSpec): LinkEffect | undefined {
  if ([latency, addLatency, loss].every((part) => part === undefined)) return undefined;
  return {
    latency: latency && makeDistribution(latency),
    addLatency: addLatency && makeDistribution(addLatency),
    loss: loss ?? 0,
    isCut: false,
  };
}

/** The direction that the fault names, and the opposite one. What hits stations means what goes to them. */
function directionsOf(
  target: FaultTarget,
  services: readonly ServicePlan[],
): [there: PathFilter, back: PathFilter] {
  const [from, to] = endsOf(target, services);
  return [(a, b) => from(a) && to(b), (a, b) => from(b) && to(a)];
}

function eitherOf(one: PathFilter, other: PathFilter): PathFilter {
  return (a, b) => one(a, b) || other(a, b);
}

type StationFilter = (station: Station) => boolean;

function endsOf(
  target: FaultTarget,
  services: readonly ServicePlan[],
): [from: StationFilter, to: StationFilter] {
  const selects = (selector: Selector) => (station: Station) => matchesSelector(selector, station);
  const any = () => true;
  switch (target.kind) {
    case "link":
      return [selects(target.from), selects(target.to)];
    case "service":
      return [any, isHostOf(target, services)];
    case "proxy":
      return [any, selects({ kind: "proxy", name: target.proxy })];
    case "zone":
      return [any, selects({ kind: "zone", zone: target.zone })];
  }
}

function isHostOf(
  target: FaultTarget & { kind: "service" },
  services: readonly ServicePlan[],
): StationFilter {
  const { hosts } = services.find(({ name }) => name === target.service)!;
  const chosen = new Set(
    chosenHosts(target.hosts, hosts, ({ address }) => address).map(({ address }) => address),
  );
  return (station) => station.kind === "service" && chosen.has(station.address);
}
