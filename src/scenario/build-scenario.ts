import type { Expectation } from "./expectation.ts";
import type {
  ArrivalsSpec,
  ChangeSpec,
  ClientSpec,
  FaultSpec,
  FaultTarget,
  ProxySpec,
  RequestSpec,
  Scenario,
  ServiceSpec,
} from "./scenario.ts";
import { faultEffects } from "./schema/fault.ts";
import type { ScenarioInput } from "./schema/scenario-schema.ts";
import type { TraceLine } from "./trace.ts";

type Input<Section extends "proxies" | "services" | "clients"> = ScenarioInput[Section][string];

/** The order of names in the file, which plain data does not keep for names such as `1`. */
export interface NameOrder {
  readonly proxies: readonly string[];
  readonly services: readonly string[];
  readonly clients: readonly string[];
}

/** The typed scenario from what fits the schema. */
export function buildScenario(
  input: ScenarioInput,
  order: NameOrder,
  expect: readonly Expectation[],
): Scenario {
  return {
    name: input.name,
    seed: input.seed,
    duration: input.duration,
    warmup: input.warmup,
    drain: input.drain,
    links: (input.network.links ?? []).map(defined),
    proxies: order.proxies.map((name) => buildProxy(name, input.proxies[name]!)),
    services: order.services.map((name) => buildService(name, input.services[name]!)),
    clients: order.clients.map((name) => buildClient(name, input.clients[name]!)),
    faults: buildFaults(input.faults),
    changes: buildChanges(input.changes),
    expect,
  };
}

function buildProxy(name: string, input: Input<"proxies">): ProxySpec {
  const { zone, beside: _, timer_tick, drain_time, drain_strategy, ...rest } = input;
  return defined({
    name,
    ...rest,
    zones: zone,
    timerTick: timer_tick,
    drainTime: drain_time,
    drainStrategy: drain_strategy,
  });
}

function buildService(name: string, input: Input<"services">): ServiceSpec {
  const {
    zone,
    workers,
    queue,
    body,
    drop_abandoned,
    load_report,
    idle_timeout,
    rate_limits,
    calls: _,
    ...rest
  } = input;
  return defined({
    name,
    ...rest,
    zones: zone,
    workers: workers ?? Number.POSITIVE_INFINITY,
    queue: queue ?? Number.POSITIVE_INFINITY,
    bodyBytes: body,
    dropAbandoned: drop_abandoned,
    reportsLoad: load_report,
    idleTimeout: idle_timeout ?? Number.POSITIVE_INFINITY,
    rateLimits: rate_limits,
  });
}

function buildClient(name: string, { zone, request, arrivals, ...rest }: Input<"clients">): ClientSpec {
  const given = request ?? [
    { weight: 1, method: "GET", authority: undefined, path: "/", headers: [], body: 0 },
  ];
  const requests = given.map(
    ({ body, authority, ...each }): RequestSpec => ({
      ...each,
      authority: authority ?? rest.to,
      bodyBytes: body,
    }),
  );
  return defined({ name, ...rest, zones: zone, requests, arrivals: buildArrivals(arrivals, requests[0]!) });
}

function buildArrivals(input: Input<"clients">["arrivals"], request: RequestSpec): ArrivalsSpec {
  const { constant, poisson, schedule, ramp, closed, trace } = input;
  if (constant !== undefined) return { kind: "constant", rate: constant };
  if (poisson !== undefined) return { kind: "poisson", rate: poisson };
  if (schedule !== undefined) return { kind: "schedule", steps: schedule, ramp: ramp ?? false };
  if (closed !== undefined) return { kind: "closed", ...closed };
  return {
    kind: "trace",
    requests: trace!.map((line) => ({ at: line.at, request: tracedRequest(line, request) })),
  };
}

/** What a line of a trace does not say comes from the client's request. */
function tracedRequest({ at: _, ...line }: TraceLine, request: RequestSpec): RequestSpec {
  return { ...request, ...defined(line), weight: 1 };
}

function buildFaults(inputs: ScenarioInput["faults"]): FaultSpec[] {
  const taken = new Set(inputs.map((fault) => fault.name));
  return inputs.flatMap((input) => {
    const target = buildTarget(input);
    if (target === undefined) return [];
    const name = input.name ?? freeName(`${effectsOf(input)} ${describeTarget(target)}`, taken);
    taken.add(name);
    const {
      hosts: _h,
      link: _l,
      from: _f,
      to: _t,
      service: _s,
      proxy: _p,
      zone: _z,
      controlplane: _c,
      ...rest
    } = input;
    const { add_latency: addLatency, ...effects } = rest;
    return defined({ ...effects, addLatency, name, target, for: input.for ?? Number.POSITIVE_INFINITY });
  });
}

/** Changes of configuration are reported elsewhere. */
function buildChanges(inputs: ScenarioInput["changes"]): ChangeSpec[] {
  const taken = new Set(inputs.map((change) => change.name));
  return inputs.flatMap(({ name: given, at, proxy, proxies, share, delay, admin }) => {
    if (admin === undefined) return [];
    const concerned = proxy === undefined ? (proxies ?? []) : [proxy];
    const name = given ?? freeName(`${admin.path} ${concerned.join(" ")}`, taken);
    taken.add(name);
    return defined({ name, at, proxies: concerned, share: share ?? 1, delay, admin });
  });
}

type FaultInput = ScenarioInput["faults"][number];

/** Nothing for a fault of the control plane, which is reported elsewhere. */
function buildTarget(input: FaultInput): FaultTarget | undefined {
  const { service, hosts, proxy, zone, link, from, to, controlplane } = input;
  if (controlplane !== undefined) return undefined;
  if (service !== undefined) return { kind: "service", service, hosts: hosts ?? { kind: "all" } };
  if (proxy !== undefined) return { kind: "proxy", proxy };
  if (zone !== undefined) return { kind: "zone", zone };
  const ends = typeof link === "object" ? link : {};
  return { kind: "link", from: ends.from ?? from ?? { kind: "any" }, to: ends.to ?? to ?? { kind: "any" } };
}

function effectsOf(input: FaultInput): string {
  return faultEffects.filter((effect) => input[effect] !== undefined).join("+");
}

function describeTarget(target: FaultTarget): string {
  if (target.kind === "service") return target.service;
  if (target.kind === "proxy") return target.proxy;
  return target.kind === "zone" ? `zone ${target.zone}` : "link";
}

function freeName(name: string, taken: ReadonlySet<string | undefined>): string {
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name} ${number}`)) number++;
  return `${name} ${number}`;
}

type Defined<T> = {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>;
} & {
  [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key];
};

/** Without the keys whose value is undefined. */
function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Defined<T>;
}
