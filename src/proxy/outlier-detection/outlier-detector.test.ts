import fc from "fast-check";
import { expect, it } from "vitest";
import { testHost } from "../../../test/support/hosts.ts";
import { messageOf } from "../../../test/support/message.ts";
import { scripted64 } from "../../../test/support/scripted64.ts";
import type { JsonObject } from "../../decode/message.ts";
import { MILLISECOND, type Nanoseconds, SECOND } from "../../kernel/time.ts";
import { Stats } from "../../telemetry/stats.ts";
import { HealthFlag, type Host } from "../cluster/host.ts";
import type { EjectionType } from "./ejection-type.ts";
import type { HostMonitor } from "./host-monitor.ts";
import { OutlierDetector } from "./outlier-detector.ts";
import type { OutlierEvent } from "./outlier-event.ts";
import { readOutlierDetection } from "./outlier-options.ts";
import type { OutlierResult } from "./outlier-result.ts";

/** A cluster whose owner handles detections at once. */
class Cluster {
  readonly stats = new Stats();
  readonly hosts: Host[];
  readonly events: OutlierEvent[] = [];
  readonly detector: OutlierDetector;
  readonly #detections: [HostMonitor, EjectionType][] = [];

  constructor(config: JsonObject, hosts: number, onEject = (): void => {}) {
    this.detector = new OutlierDetector(readOutlierDetection(messageOf(config)), {
      stats: this.stats,
      statPrefix: "cluster.c.",
      random: scripted64(Array.from({ length: 500 }, (_, i) => String(i * 7919))),
      listener: {
        onDetected: (monitor, type) => void this.#detections.push([monitor, type]),
        onEject: (_, event) => {
          this.events.push(event);
          if (event.enforced) onEject();
        },
        onUneject: (_, event) => void this.events.push(event),
      },
    });
    this.hosts = Array.from({ length: hosts }, (_, index) => testHost(index));
    for (const host of this.hosts) this.detector.addHost(host);
  }

  get ejected(): number {
    return this.hosts.filter(isEjected).length;
  }

  report(host: Host, times: number, now: Nanoseconds, outcome: number | OutlierResult): void {
    const monitor = this.detector.monitorOf(host);
    for (let i = 0; i < times; i++) {
      if (typeof outcome === "number") monitor?.putHttpCode(outcome);
      else monitor?.putResult(outcome);
      for (const [which, type] of this.#detections.splice(0)) this.detector.handle(which, type, now);
    }
  }

  remove(host: Host): void {
    this.detector.removeHost(host);
    this.hosts.splice(this.hosts.indexOf(host), 1);
  }

  gauge(): number {
    return this.stats.gauge("cluster.c.outlier_detection.ejections_active").value;
  }
}

function isEjected(host: Host): boolean {
  return (host.healthFlags & HealthFlag.failedOutlierCheck) !== 0;
}

it("marks an ejected host unhealthy and counts under Envoy's names", () => {
  const cluster = new Cluster({ max_ejection_percent: 50 }, 2);
  cluster.report(cluster.hosts[0]!, 5, 0, 500);
  expect(cluster.hosts.map(({ coarseHealth }) => coarseHealth)).toEqual(["unhealthy", "healthy"]);
  const prefix = "cluster.c.outlier_detection.ejections_";
  expect(cluster.stats.nonzero()).toEqual([
    [`${prefix}active`, 1],
    [`${prefix}consecutive_5xx`, 1],
    [`${prefix}detected_consecutive_5xx`, 1],
    [`${prefix}enforced_consecutive_5xx`, 1],
    [`${prefix}enforced_total`, 1],
    [`${prefix}total`, 1],
  ]);
});

it("writes what Envoy's event log has", () => {
  const cluster = new Cluster({ max_ejection_percent: 100 }, 1);
  const [host] = cluster.hosts as [Host];
  cluster.report(host, 5, SECOND, 500);
  cluster.detector.sweep(31 * SECOND);
  cluster.report(host, 5, 33.5 * SECOND, 500);
  const eject = { action: "EJECT", type: "CONSECUTIVE_5XX", enforced: true };
  expect(cluster.events).toEqual([
    { ...eject, at: SECOND, numEjections: 1, secsSinceLastAction: undefined },
    {
      action: "UNEJECT",
      type: "CONSECUTIVE_5XX",
      enforced: false,
      at: 31 * SECOND,
      numEjections: 1,
      secsSinceLastAction: 30,
    },
    { ...eject, at: 33.5 * SECOND, numEjections: 2, secsSinceLastAction: 2 },
  ]);
});

it("ignores what is reported or detected of a host that has left", () => {
  const cluster = new Cluster({ max_ejection_percent: 100 }, 2);
  const [host] = cluster.hosts as [Host];
  const monitor = cluster.detector.monitorOf(host)!;
  cluster.remove(host);
  cluster.detector.handle(monitor, "CONSECUTIVE_5XX", 0);
  expect(cluster.stats.nonzero()).toEqual([]);
  expect(cluster.detector.monitorOf(host)).toBeUndefined();
});

it("starts from nothing with a host that comes back", () => {
  const cluster = new Cluster({ max_ejection_percent: 100 }, 1);
  const [host] = cluster.hosts as [Host];
  cluster.report(host, 4, 0, 500);
  cluster.detector.removeHost(host);
  cluster.detector.addHost(host);
  cluster.report(host, 4, 0, 500);
  expect(isEjected(host)).toBe(false);
});

it("starts all counts of a released host again", () => {
  const cluster = new Cluster({ max_ejection_percent: 100, split_external_local_origin_errors: true }, 1);
  const [host] = cluster.hosts as [Host];
  cluster.report(host, 4, 0, "LocalOriginConnectFailed");
  cluster.report(host, 5, 0, 500);
  cluster.detector.sweep(30 * SECOND);
  cluster.report(host, 4, 31 * SECOND, "LocalOriginConnectFailed");
  expect(isEjected(host)).toBe(false);
  cluster.report(host, 1, 31 * SECOND, "LocalOriginConnectFailed");
  expect(isEjected(host)).toBe(true);
});

it("takes its ejections out of the gauge when the cluster goes", () => {
  const cluster = new Cluster({ max_ejection_percent: 100 }, 2);
  for (const host of cluster.hosts) cluster.report(host, 5, 0, 500);
  expect(cluster.gauge()).toBe(2);
  cluster.detector.close();
  expect(cluster.gauge()).toBe(0);
});

it("lets the longest ejection default to the base where that is longer than five minutes", () => {
  const options = readOutlierDetection(messageOf({ base_ejection_time: "400s" }));
  expect(options.maxEjectionTime).toBe(400 * SECOND);
});

const settings = fc.record({
  max_ejection_percent: fc.integer({ min: 0, max: 100 }),
  always_eject_one_host: fc.boolean(),
  split_external_local_origin_errors: fc.boolean(),
  enforcing_consecutive_5xx: fc.constantFrom(0, 50, 100),
  enforcing_consecutive_gateway_failure: fc.constantFrom(0, 50, 100),
  max_ejection_time_jitter: fc.constantFrom("0s", "3s"),
});
const outcomes = fc.constantFrom<number | OutlierResult>(200, 500, 503, "LocalOriginConnectFailed");
const steps = fc.array(
  fc.record({
    host: fc.nat(9),
    action: fc.constantFrom("report", "report", "report", "sweep", "leave", "join"),
    outcome: outcomes,
    times: fc.integer({ min: 1, max: 12 }),
  }),
  { maxLength: 60 },
);

it("never ejects more than the settings allow; counts agree with the hosts; every ejection ends", () => {
  fc.assert(
    fc.property(settings, fc.integer({ min: 1, max: 10 }), steps, (config, size, actions) => {
      const cluster = new Cluster(config, size, () => {
        const isAllowedShare = (100 * cluster.ejected) / cluster.hosts.length <= config.max_ejection_percent;
        expect(isAllowedShare || (config.always_eject_one_host && cluster.ejected === 1)).toBe(true);
      });
      let now = -5 * SECOND;
      for (const { host: index, action, outcome, times } of actions) {
        now += 700 * MILLISECOND;
        const host = cluster.hosts[index % Math.max(cluster.hosts.length, 1)];
        if (action === "sweep") cluster.detector.sweep((now += 10 * SECOND));
        else if (action === "join") {
          const joining = testHost(cluster.hosts.length);
          cluster.hosts.push(joining);
          cluster.detector.addHost(joining);
        } else if (host !== undefined && action === "leave") cluster.remove(host);
        else if (host !== undefined) cluster.report(host, times, now, outcome);
        expect(cluster.detector.active).toBe(cluster.ejected);
        expect(cluster.gauge()).toBe(cluster.ejected);
      }
      // The longest ejection takes 300 s, with jitter 303 s, rounded up to the next sweep.
      for (let i = 0; i < 31; i++) cluster.detector.sweep((now += 10 * SECOND));
      expect(cluster.ejected).toBe(0);
    }),
    { numRuns: 300 },
  );
});
