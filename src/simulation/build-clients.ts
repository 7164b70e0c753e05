import { makeDistribution } from "../random/distributions/table.ts";
import { makeZipf } from "../random/distributions/zipf.ts";
import type { RandomStream } from "../random/random-stream.ts";
import type { Window } from "../scenario/expectation.ts";
import type { ArrivalsSpec, ClientSpec, RequestSpec } from "../scenario/scenario.ts";
import { ClientTally } from "../telemetry/client-tally.ts";
import type { ArrivalProcess } from "../traffic/arrivals/arrival-process.ts";
import { constantArrivals } from "../traffic/arrivals/constant.ts";
import { poissonArrivals } from "../traffic/arrivals/poisson.ts";
import { scheduledArrivals } from "../traffic/arrivals/schedule.ts";
import { Client } from "../traffic/client.ts";
import { ClientConnections } from "../traffic/client-connections.ts";
import type { ClientTls } from "../traffic/client-tls.ts";
import { ClosedLoop } from "../traffic/closed-loop.ts";
import { OpenLoop } from "../traffic/open-loop.ts";
import { RequestTemplate } from "../traffic/request-template.ts";
import { Trace } from "../traffic/trace.ts";
import { buildLibrary } from "./build-library.ts";
import type { ClientPlan } from "./plan.ts";
import type { WorldParts } from "./world-parts.ts";

export interface RunningClient {
  readonly name: string;
  readonly client: Client;
  readonly tally: ClientTally;
}

export function buildClients(parts: WorldParts, windows: readonly Window[]): RunningClient[] {
  const { plan, observation, recorder } = parts;
  return plan.clients.map((clientPlan, index) => {
    const spec = plan.scenario.clients.find(({ name }) => name === clientPlan.name)!;
    const tally = new ClientTally(spec.name, observation, windows, successOf(spec));
    recorder.clients.push(tally);
    const client = buildClient(parts, spec, clientPlan, index);
    startTraffic(parts, client, spec);
    return { name: spec.name, client, tally };
  });
}

function buildClient(parts: WorldParts, spec: ClientSpec, plan: ClientPlan, index: number): Client {
  const { simulator, recorder, activity, network, numbers, streams } = parts;
  const { library } = spec;
  const station = {
    kind: "client",
    of: spec.name,
    address: spec.address ?? spec.name,
    zone: spec.zones[0] ?? "",
    number: numbers.station(spec.name),
    place: numbers.place("client", spec.name),
  } as const;
  const options = {
    index,
    station,
    templates: templatesOf(spec),
    timeout: spec.timeout ?? Number.POSITIVE_INFINITY,
    isDirect: plan.isDirect && library === undefined,
  };
  const connections = new ClientConnections(network, station, spec.protocol, plan.targets, tlsOf(spec));
  const random = streams.stream("library", spec.name);
  const sender =
    library === undefined
      ? connections
      : buildLibrary({ simulator, recorder, random }, library, connections, plan.isDirect);
  return new Client(options, simulator, recorder, activity, sender);
}

function tlsOf({ tls }: ClientSpec): ClientTls {
  if (tls === undefined) return "as-wanted";
  if (tls === false) return null;
  return tls === true ? { certificate: false } : tls;
}

/** A trace says itself what is asked, each request from a template of its own. */
function templatesOf(spec: ClientSpec): RequestTemplate[] {
  const requests =
    spec.arrivals.kind === "trace" ? spec.arrivals.requests.map(({ request }) => request) : spec.requests;
  return requests.map((request) => templateOf(request, spec.protocol === "tcp" ? 1 : 0));
}

/** A TCP client sends at least one byte: with none it would wait for the host to speak first. */
function templateOf(spec: RequestSpec, leastBytes: number): RequestTemplate {
  const headers = new Map<string, string[]>();
  const keyed = spec.headers.flatMap(({ name, value }) => {
    if (typeof value !== "string") return [{ name, keyOf: makeZipf(value.keys, value.zipf) }];
    headers.set(name, [...(headers.get(name) ?? []), value]);
    return [];
  });
  const { method, authority, path } = spec;
  const bodyBytes = Math.max(leastBytes, spec.bodyBytes);
  return new RequestTemplate(
    spec.weight,
    { method, scheme: "http", authority, path, headers, bodyBytes },
    keyed,
  );
}

function startTraffic(parts: WorldParts, client: Client, spec: ClientSpec): void {
  const { simulator, streams, plan } = parts;
  const { arrivals } = spec;
  const end = plan.scenario.duration;
  const random = streams.stream("client", spec.name);
  if (arrivals.kind === "closed") {
    const think = makeDistribution(arrivals.think);
    const loop = new ClosedLoop(
      simulator,
      client,
      arrivals.users,
      think,
      random.uint32(),
      random.uint32(),
      end,
    );
    simulator.at(0, startLoop, loop);
  } else if (arrivals.kind === "trace") {
    new Trace(
      simulator,
      client,
      arrivals.requests.map(({ at }) => at),
      random,
      end,
    ).scheduleNext();
  } else {
    const process = arrivalProcess(arrivals, streams.stream("arrivals", spec.name));
    new OpenLoop(simulator, client, process, random, end).scheduleNext();
  }
}

type OpenArrivals = Exclude<ArrivalsSpec, { kind: "closed" | "trace" }>;

function arrivalProcess(arrivals: OpenArrivals, random: RandomStream): ArrivalProcess {
  switch (arrivals.kind) {
    case "constant":
      return constantArrivals(arrivals.rate, random);
    case "poisson":
      return poissonArrivals(arrivals.rate, random);
    case "schedule":
      return scheduledArrivals(arrivals.steps, arrivals.ramp, random);
  }
}

/** Which statuses are successes. */
function successOf({ success }: ClientSpec): (status: number) => boolean {
  if (success === undefined) return (status) => status >= 200 && status <= 399;
  const limit = success.status;
  const tests = {
    "<": (status: number) => status < limit,
    "<=": (status: number) => status <= limit,
    ">": (status: number) => status > limit,
    ">=": (status: number) => status >= limit,
    "==": (status: number) => status === limit,
    "!=": (status: number) => status !== limit,
  };
  return tests[success.op];
}

function startLoop(loop: ClosedLoop): void {
  loop.start();
}
