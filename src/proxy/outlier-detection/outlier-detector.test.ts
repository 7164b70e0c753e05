import fc from "fast-check";
import { expect, it } from "vitest";
import { testHost } from "../../../test/support/hosts.ts";
import { messageOf } from "../../../test/support/message.ts";
import { scripted64 } from "../../../test/support/scripted64.ts";
import type { JsonObject } from "../../decode/message.ts";
import { MILLISECOND, type Nanoseconds, SECOND } from "../../kernel/time.ts";
import { Stats } from "../../telemetry/stats.ts";
import { HealthFlag, type Host } from "../cluster/host.ts";
import type { Detection } from "./ejection-type.ts";
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
  readonly #detections: [HostMonitor, Detection][] = [];

  constructor(config: JsonObject, hosts: number, onEject = (): void => {}) {
    this.detector = new OutlierDetector(readOutlierDetection(messageOf(config)), {
      stats: this.stats,
      statPrefix: "cluster.c.",
      random: scripted64(Array.from({ length: 1000 }, (_, i) => String(i * 7919))),
      listener: {
        onDetected: (monitor, type) => void this.#detections.push([monitor, type]),
        onEject: (_, event) => {
          this.events.push(event);
          if (event.enforced) onEject();
        },
        onUneject: (_, event) => void this.events.push(event),
        onDegrade: (_, event) => void this.events.push(event),
        onUndegrade: (_, event) => void this.events.push(event),
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

  /** The host has sent an answer that says that it is degraded. */
  degrade(host: Host, now: Nanoseconds): void {
    this.detector.monitorOf(host)?.putDegraded();
    for (const [which, type] of this.#detections.splice(0)) this.detector.handle(which, type, now);
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
    { ...eject, at: SECOND, numEjections: 1, secsSinceLastAction: undefined, change: 1 },
    {
      action: "UNEJECT",
      type: "CONSECUTIVE_5XX",
      enforced: false,
      at: 31 * SECOND,
      numEjections: 1,
      secsSinceLastAction: 30,
      change: -1,
    },
    { ...eject, at: 33.5 * SECOND, numEjections: 2, secsSinceLastAction: 2, change: 1 },
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
  detect_degraded_hosts: fc.boolean(),
  split_external_local_origin_errors: fc.boolean(),
  enforcing_consecutive_5xx: fc.constantFrom(0, 50, 100),
  enforcing_consecutive_gateway_failure: fc.constantFrom(0, 50, 100),
  max_ejection_time_jitter: fc.constantFrom("0s", "3s"),
  success_rate_minimum_hosts: fc.constantFrom(1, 3),
  success_rate_request_volume: fc.constantFrom(1, 10),
  success_rate_stdev_factor: fc.constantFrom(500, 1900),
  enforcing_success_rate: fc.constantFrom(0, 50, 100),
  failure_percentage_minimum_hosts: fc.constantFrom(1, 3),
  failure_percentage_request_volume: fc.constantFrom(1, 10),
  failure_percentage_threshold: fc.constantFrom(20, 60),
});
/** One of the two detectors by rate: together they count a host twice, as the test above shows. */
const eitherRate = fc.tuple(settings, fc.boolean()).map(([config, byRate]) => ({
  ...config,
  enforcing_success_rate: byRate ? config.enforcing_success_rate : 0,
  enforcing_failure_percentage: byRate ? 0 : 100,
}));
const outcomes = fc.constantFrom<number | OutlierResult>(200, 500, 503, "LocalOriginConnectFailed");
const steps = fc.array(
  fc.record({
    host: fc.nat(9),
    action: fc.constantFrom("report", "report", "report", "degrade", "sweep", "leave", "join"),
    outcome: outcomes,
    times: fc.integer({ min: 1, max: 12 }),
  }),
  { maxLength: 60 },
);

it("never ejects more than the settings allow; counts agree with the hosts; all ejections and degradations end", () => {
  fc.assert(
    fc.property(eitherRate, fc.integer({ min: 1, max: 10 }), steps, (config, size, actions) => {
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
        else if (host !== undefined && action === "degrade") cluster.degrade(host, now);
        else if (host !== undefined) cluster.report(host, times, now, outcome);
        expect(cluster.detector.active).toBe(cluster.ejected);
        expect(cluster.gauge()).toBe(cluster.ejected);
      }
      // The longest ejection takes 300 s, with jitter 303 s, rounded up to the next sweep.
      for (let i = 0; i < 31; i++) cluster.detector.sweep((now += 10 * SECOND));
      expect(cluster.ejected).toBe(0);
      expect(cluster.hosts.filter(({ coarseHealth }) => coarseHealth !== "healthy")).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

it("takes runtime values in place of settings", () => {
  const runtime = new Map([
    ["outlier_detection.consecutive_5xx", 3],
    ["outlier_detection.base_ejection_time_ms", 7_000],
    ["outlier_detection.enforcing_failure_percentage", 100],
  ]);
  const options = readOutlierDetection(
    messageOf({ consecutive_5xx: 9, base_ejection_time: "400s" }),
    (key, otherwise) => runtime.get(key) ?? otherwise,
  );
  expect(options.consecutive5xx).toBe(3);
  expect(options.baseEjectionTime).toBe(7 * SECOND);
  expect(options.maxEjectionTime).toBe(400 * SECOND);
  expect(options.enforcing.FAILURE_PERCENTAGE).toBe(100);
});

/** Five hosts with 100 requests each in the interval that the sweep closes; the first fails half of them. */
function closeBadInterval(config: JsonObject): Cluster {
  const cluster = new Cluster({ consecutive_5xx: 0, max_ejection_percent: 100, ...config }, 5);
  for (const host of cluster.hosts) cluster.report(host, 50, 0, 200);
  cluster.hosts.forEach((host, index) => void cluster.report(host, 50, 0, index === 0 ? 500 : 200));
  cluster.detector.sweep(10 * SECOND);
  return cluster;
}

it("says in the event log by which rates a host was ejected", () => {
  const { events, stats } = closeBadInterval({});
  expect(events).toMatchObject([
    {
      action: "EJECT",
      type: "SUCCESS_RATE",
      enforced: true,
      rates: { host: 50, clusterAverage: 90, ejectionThreshold: 52 },
    },
  ]);
  expect(stats.nonzero()).toEqual([
    ["cluster.c.outlier_detection.ejections_active", 1],
    ["cluster.c.outlier_detection.ejections_detected_success_rate", 1],
    ["cluster.c.outlier_detection.ejections_enforced_success_rate", 1],
    ["cluster.c.outlier_detection.ejections_enforced_total", 1],
    ["cluster.c.outlier_detection.ejections_success_rate", 1],
    ["cluster.c.outlier_detection.ejections_total", 1],
  ]);
});

it("ejects a host twice in one sweep, and counts one ejection too many after its release, as Envoy does", () => {
  const cluster = closeBadInterval({ failure_percentage_threshold: 50, enforcing_failure_percentage: 100 });
  expect(cluster.events.map(({ type, numEjections, change }) => [type, numEjections, change])).toEqual([
    ["SUCCESS_RATE", 1, 1],
    ["FAILURE_PERCENTAGE", 2, 0],
  ]);
  expect(cluster.detector.active).toBe(2);
  cluster.detector.sweep(69 * SECOND);
  expect(cluster.ejected).toBe(1);
  cluster.detector.sweep(70 * SECOND);
  expect(cluster.ejected).toBe(0);
  expect(cluster.detector.active).toBe(1);
});

it("degrades a host for a time that grows, without counting it as ejected", () => {
  const cluster = new Cluster({ detect_degraded_hosts: true, base_ejection_time: "10s" }, 3);
  const [host] = cluster.hosts as [Host];
  const monitor = cluster.detector.monitorOf(host)!;
  cluster.detector.handle(monitor, "DEGRADED", SECOND);
  cluster.detector.handle(monitor, "DEGRADED", 2 * SECOND);
  expect(host.coarseHealth).toBe("degraded");
  expect(cluster.gauge()).toBe(0);
  cluster.detector.sweep(10 * SECOND);
  expect(host.coarseHealth).toBe("degraded");
  cluster.detector.sweep(11 * SECOND);
  expect(host.coarseHealth).toBe("healthy");
  cluster.detector.handle(monitor, "DEGRADED", 12 * SECOND);
  cluster.detector.sweep(31 * SECOND);
  expect(host.coarseHealth).toBe("degraded");
  cluster.detector.sweep(32 * SECOND);
  expect(cluster.events.map(({ action, type, numEjections }) => [action, type, numEjections])).toEqual([
    ["EJECT", "DEGRADED", 0],
    ["UNEJECT", "CONSECUTIVE_5XX", 0],
    ["EJECT", "DEGRADED", 0],
    ["UNEJECT", "CONSECUTIVE_5XX", 0],
  ]);
});
