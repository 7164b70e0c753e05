import { MILLISECOND } from "../kernel/time.ts";
import { makeDistribution } from "../random/distributions/table.ts";
import type { ServiceSpec } from "../scenario/scenario.ts";
import { Instance } from "../service/instance.ts";
import { RateLimitService } from "../service/rate-limit/rate-limit-service.ts";
import { makeErrorModel, type ServiceModel } from "../service/service-model.ts";
import { HostTally } from "../telemetry/host-tally.ts";
import type { HostPlan } from "./plan.ts";
import type { WorldParts } from "./world-parts.ts";

/** A service of the scenario, or the hosts that nobody claims (then without a spec). */
export interface RunningService {
  readonly name: string;
  readonly spec: ServiceSpec | undefined;
  readonly instances: readonly Instance[];
}

const DEFAULT_BODY_BYTES = 1024;

export function buildServices(parts: WorldParts): RunningService[] {
  const { plan, numbers } = parts;
  const claimed = plan.services.map(({ name, hosts }) => {
    const spec = plan.scenario.services.find((service) => service.name === name)!;
    const model = modelOf(spec, numbers.place("service", spec.name));
    return { name, spec, instances: hosts.map((host) => buildInstance(parts, model, host)) };
  });
  if (plan.unclaimed.length === 0) return claimed;
  const model = unclaimedModel(numbers.place("service", ""));
  const instances = plan.unclaimed.map((host) => buildInstance(parts, model, host));
  return [...claimed, { name: "", spec: undefined, instances }];
}

function buildInstance(parts: WorldParts, model: ServiceModel, host: HostPlan): Instance {
  const { simulator, activity, network, observation, numbers } = parts;
  const station = {
    kind: "service",
    of: model.name || host.cluster,
    address: host.address,
    zone: host.zone,
    number: numbers.station(host.address),
    place: model.place,
  } as const;
  const instance = new Instance(simulator, activity, station, model, new HostTally(observation));
  network.listen(host.address, station, instance);
  for (const other of host.others ?? []) {
    numbers.alsoAt(other, station.number);
    network.listen(other, station, instance);
  }
  return instance;
}

function modelOf(spec: ServiceSpec, place: number): ServiceModel {
  return {
    name: spec.name,
    place,
    workers: spec.workers,
    queueLimit: spec.queue,
    time: makeDistribution(spec.time),
    errors: makeErrorModel(spec.errors),
    bodyBytes: spec.bodyBytes,
    dropAbandoned: spec.dropAbandoned,
    reportsLoad: spec.reportsLoad,
    idleTimeout: spec.idleTimeout,
    rateLimits: spec.rateLimits === undefined ? null : new RateLimitService(spec.rateLimits),
  };
}

/** A host of which the scenario says nothing: unlimited workers, 1 ms, no errors. */
function unclaimedModel(place: number): ServiceModel {
  return {
    name: "",
    place,
    workers: Number.POSITIVE_INFINITY,
    queueLimit: Number.POSITIVE_INFINITY,
    time: makeDistribution({ kind: "constant", value: MILLISECOND }),
    errors: makeErrorModel([]),
    bodyBytes: DEFAULT_BODY_BYTES,
    dropAbandoned: false,
    reportsLoad: false,
    idleTimeout: Number.POSITIVE_INFINITY,
    rateLimits: null,
  };
}
