import { type Fault, type FaultPart, hostFault, linkFault, proxyDown } from "../fault/fault.ts";
import type { PathFilter } from "../network/network.ts";
import type { LinkEffect } from "../network/path.ts";
import { makeDistribution } from "../random/distributions/table.ts";
import type { FaultSpec, FaultTarget } from "../scenario/scenario.ts";
import type { HostEffect } from "../service/host-effect.ts";
import type { Instance } from "../service/instance.ts";
import { makeErrorModel } from "../service/service-model.ts";
import type { RunningProxy } from "./build-proxies.ts";
import type { RunningService } from "./build-services.ts";
import { chosenHosts } from "./chosen-hosts.ts";
import { matchesSelector } from "./match-selector.ts";
import type { WorldParts } from "./world.ts";

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

function proxyParts({ target, down }: FaultSpec, proxies: readonly RunningProxy[]): FaultPart[] {
  if (down !== true) return [];
  const hit = proxies.flatMap(({ name, replicas }) =>
    replicas.filter(({ deps }) =>
      target.kind === "proxy" ? target.proxy === name : target.kind === "zone" && deps.station.zone === target.zone,
    ),
  );
  return hit.length === 0 ? [] : [proxyDown(hit)];
}

function linkParts(spec: FaultSpec, { network }: WorldParts): FaultPart[] {
  const effect = linkEffect(spec);
  const matches = effect && pathFilter(spec);
  return matches === undefined ? [] : [linkFault(network, matches, effect!)];
}

function linkEffect({ latency, addLatency, loss, cut }: FaultSpec): LinkEffect | undefined {
  if ([latency, addLatency, loss, cut].every((part) => part === undefined)) return undefined;
  return {
    latency: latency && makeDistribution(latency),
    addLatency: addLatency && makeDistribution(addLatency),
    loss: loss ?? 0,
    isCut: cut ?? false,
  };
}

/** Which directions between stations the fault means; both ways unless it says `oneway`. */
function pathFilter({ target, oneway }: FaultSpec): PathFilter {
  const [from, to] = endsOf(target);
  return (a, b) =>
    (matchesSelector(from, a) && matchesSelector(to, b)) ||
    (oneway !== true && matchesSelector(from, b) && matchesSelector(to, a));
}

/** A fault of a service, a proxy or a zone that changes links means all links to and from it. */
function endsOf(target: FaultTarget) {
  switch (target.kind) {
    case "link":
      return [target.from, target.to] as const;
    case "service":
      return [{ kind: "any" }, { kind: "service", name: target.service }] as const;
    case "proxy":
      return [{ kind: "any" }, { kind: "proxy", name: target.proxy }] as const;
    case "zone":
      return [{ kind: "any" }, { kind: "zone", zone: target.zone }] as const;
  }
}
