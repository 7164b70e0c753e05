import { scheduleChanges } from "../change/change.ts";
import { scheduleFaults } from "../fault/fault-timeline.ts";
import { Simulator } from "../kernel/simulator.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import { Network } from "../network/network.ts";
import { makeDistribution } from "../random/distributions/table.ts";
import { Streams } from "../random/streams.ts";
import type { Window } from "../scenario/expectation.ts";
import type { AccessLogRecord } from "../telemetry/access-log.ts";
import { Activity } from "../telemetry/activity.ts";
import type { Journal } from "../telemetry/journal.ts";
import { Observation } from "../telemetry/observation.ts";
import { Recorder } from "../telemetry/recorder.ts";
import { buildChanges } from "./build-changes.ts";
import { buildClients, type RunningClient } from "./build-clients.ts";
import { buildFaults } from "./build-faults.ts";
import { buildProxies, type RunningProxy } from "./build-proxies.ts";
import { buildServices, type RunningService } from "./build-services.ts";
import { matchesSelector } from "./match-selector.ts";
import type { WorldPlan } from "./plan.ts";
import { StationNumbers } from "./station-numbers.ts";
import { PROXY_START_SPAN, type WorldParts } from "./world-parts.ts";

/** A simulated world, ready to run once. */
export class World {
  readonly parts: WorldParts;
  readonly services: readonly RunningService[];
  readonly proxies: readonly RunningProxy[];
  readonly clients: readonly RunningClient[];

  constructor(
    plan: WorldPlan,
    seed: string,
    windows: readonly Window[],
    accessLog: ((record: AccessLogRecord) => void) | null,
    journal: Journal | null = null,
  ) {
    const { scenario } = plan;
    const simulator = new Simulator(-PROXY_START_SPAN);
    const streams = new Streams(seed);
    this.parts = {
      plan,
      simulator,
      network: new Network(simulator, (path) => streams.stream("network", path), linkBetween(plan)),
      streams,
      recorder: new Recorder(accessLog, journal),
      observation: new Observation(scenario.warmup, scenario.duration),
      activity: new Activity(() => this.end()),
      numbers: new StationNumbers(),
    };
    // At equal times: faults, changes, traffic.
    this.services = buildServices(this.parts);
    this.proxies = buildProxies(this.parts);
    scheduleFaults(simulator, buildFaults(this.parts, this.services, this.proxies));
    scheduleChanges(simulator, buildChanges(this.parts, this.proxies));
    this.clients = buildClients(this.parts, windows);
    this.scheduleEnd();
  }

  /** Whether traffic has ended and nothing is in flight, or `drain` is over. */
  isDone = false;

  private reached: Nanoseconds = -PROXY_START_SPAN;

  /** Schedules the end of traffic and of the run. */
  private scheduleEnd(): void {
    const { simulator, activity, plan } = this.parts;
    const { duration, drain } = plan.scenario;
    simulator.at(duration, drainActivity, activity);
    simulator.at(duration + drain, endRun, this);
  }

  /** Runs on, from the start of the first proxy at first, up to a virtual time; afterwards `isDone` may hold. */
  advance(until: Nanoseconds): void {
    if (this.isDone) return;
    this.parts.simulator.run(until);
    this.reached = until;
  }

  /** Breaks off here: what has been counted is that of a run that lasts up to where it has come. */
  breakOff(): void {
    this.parts.observation.endAt(this.reached);
    this.end();
  }

  end(): void {
    this.isDone = true;
    this.parts.simulator.stop();
    for (const { client } of this.clients) client.finish();
  }
}

function linkBetween(plan: WorldPlan): ConstructorParameters<typeof Network>[2] {
  const links = plan.scenario.links.map(({ from, to, latency, loss, bandwidth }) => ({
    from,
    to,
    link: {
      latency: makeDistribution(latency),
      loss,
      bandwidth: bandwidth ?? Number.POSITIVE_INFINITY,
    },
  }));
  const none = {
    latency: makeDistribution({ kind: "constant", value: 0 }),
    loss: 0,
    bandwidth: Number.POSITIVE_INFINITY,
  };
  return (from, to) =>
    links.find((entry) => matchesSelector(entry.from, from) && matchesSelector(entry.to, to))?.link ?? none;
}

function drainActivity(activity: Activity): void {
  activity.drain();
}

function endRun(world: World): void {
  world.end();
}
