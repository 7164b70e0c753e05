import { expect, it } from "vitest";
import type { Message } from "../../src/decode/message.ts";
import { MILLISECOND } from "../../src/kernel/time.ts";
import { nextLookup } from "../../src/proxy/cluster/dns-resolution.ts";
import { HealthFlag, type Host } from "../../src/proxy/cluster/host.ts";
import { readClusterKind } from "../../src/proxy/cluster-kind.ts";
import { closesOnDrain } from "../../src/proxy/draining/drain-close.ts";
import { type CheckResult, nextCheckMs } from "../../src/proxy/health-checking/check-interval.ts";
import {
  type HealthCheckOptions,
  readHealthCheck,
} from "../../src/proxy/health-checking/health-check-options.ts";
import { healthCheckStats } from "../../src/proxy/health-checking/health-check-stats.ts";
import { type HealthTransition, HostHealth } from "../../src/proxy/health-checking/host-health.ts";
import { isEnabled, mayEject } from "../../src/proxy/outlier-detection/ejection-limits.ts";
import {
  type Detection,
  type EjectionType,
  STAT_NAMES,
} from "../../src/proxy/outlier-detection/ejection-type.ts";
import { HostMonitor } from "../../src/proxy/outlier-detection/host-monitor.ts";
import { OutlierDetector } from "../../src/proxy/outlier-detection/outlier-detector.ts";
import type { OutlierEvent } from "../../src/proxy/outlier-detection/outlier-event.ts";
import { readOutlierDetection } from "../../src/proxy/outlier-detection/outlier-options.ts";
import type { OutlierResult } from "../../src/proxy/outlier-detection/outlier-result.ts";
import type { Origin } from "../../src/proxy/outlier-detection/rate-outliers.ts";
import { successRateNumbers } from "../../src/proxy/outlier-detection/success-rate.ts";
import { DEFAULT_RETRY_POLICY } from "../../src/proxy/retry/retry-policy.ts";
import { RetryState } from "../../src/proxy/retry/retry-state.ts";
import { Stats } from "../../src/telemetry/stats.ts";
import { runVectors } from "../support/envoy-vectors.ts";
import { testHost } from "../support/hosts.ts";
import { messageOf } from "../support/message.ts";
import { scripted64 } from "../support/scripted64.ts";
import vectors from "./vectors/resilience.json" with { type: "json" };

runVectors(
  vectors,
  {
    outlier_sequence(input: Sequence, expected: SequenceOutcome) {
      const cluster = new SequenceCluster(input);
      for (const event of input.events) cluster.apply(event);
      if (expected.log) expect(cluster.log).toEqual(expected.log);
      if (expected.active !== undefined) expect(cluster.detector.active).toBe(expected.active);
      if (expected.stats) expect(cluster.statsOf(Object.keys(expected.stats))).toEqual(expected.stats);
      if (expected.reads) expect(cluster.reads).toEqual(expected.reads);
    },

    hc_interval(input: NextCheck, expected: number) {
      const { min_interval = 0, max_interval = Number.POSITIVE_INFINITY, ...config } = input.config;
      const random = scripted64(input.random.map(String));
      const { intervals } = healthCheckOf(config, { min_interval, max_interval });
      const delay = nextCheckMs(intervals, input.cluster_has_traffic, input.result, input.transition, random);
      expect(delay).toBe(expected);
      expect(random.drawn).toBe(input.random.length);
    },

    hc_sequence(input: CheckSequence, expected) {
      const host = testHost(0, {
        healthFlags: input.starts_failed ? HealthFlag.failedActiveHealthCheck : 0,
      });
      const options = healthCheckOf({
        healthy_threshold: input.healthy_threshold,
        unhealthy_threshold: input.unhealthy_threshold,
      });
      const health = new HostHealth(host, options, healthCheckStats(new Stats(), "cluster.c."), () => {});
      const outcomes = input.results.map((result) => {
        const transition = applyCheck(health, result);
        return [host.coarseHealth === "unhealthy" ? "failed" : host.coarseHealth, transition];
      });
      expect(outcomes).toEqual(expected);
    },

    sr_threshold({ rates, stdev_factor }: { rates: number[]; stdev_factor: number }, expected) {
      const { mean, threshold } = successRateNumbers(rates, stdev_factor);
      const outliers = rates.flatMap((rate, index) => (rate < threshold ? [index] : []));
      // Envoy's own last bits, not only close to them.
      expect({ mean, threshold, outliers }).toEqual({
        mean: expected.mean,
        threshold: expected.threshold,
        outliers: expected.outliers,
      });
    },

    max_ejection(input: MaxEjection, expected: boolean) {
      const options = readOutlierDetection(
        messageOf({
          max_ejection_percent: input.max_ejection_percent,
          always_eject_one_host: input.always_eject_one_host,
        }),
      );
      expect(mayEject(options, input.active, input.hosts)).toBe(expected);
    },

    result_mapping(input: { split: boolean; result: OutlierResult; code: number | null }, expected) {
      const monitor = new ChargeRecorder(input.split);
      monitor.putResult(input.result, input.code ?? 0);
      expect(monitor.charges).toEqual(expected);
    },

    jittered_backoff(input: { base_ms: number; max_ms: number; random: number[] }, expected) {
      const policy = { ...DEFAULT_RETRY_POLICY, baseIntervalMs: input.base_ms, maxIntervalMs: input.max_ms };
      const state = new RetryState(policy, { canCreate: () => true, increment() {}, decrement() {} });
      const random = scripted64(input.random.map(String));
      expect(input.random.map(() => state.nextDelayMs(random))).toEqual(expected);
    },

    drain_close(input: DrainClose, expected: boolean) {
      // The vectors count what is left in whole seconds, as Envoy did before 1.40; 1.40.0 counts what has passed.
      const sequence = {
        strategy: input.strategy,
        elapsed: input.drain_time_s - Math.trunc(input.remaining_s),
        ramp: input.drain_time_s,
      };
      expect(input.draining).toBe(true);
      const draining = { type: input.drain_type, hasFailedHealthCheck: input.health_failed, sequence };
      expect(closesOnDrain(draining, scripted64([String(input.random)]))).toBe(expected);
    },

    dns_refresh(input: DnsRefresh, expected: number) {
      const { dns } = readClusterKind(
        messageOf({
          type: "STRICT_DNS",
          dns_refresh_rate: `${input.dns_refresh_rate_ms / 1000}s`,
          dns_jitter: `${input.dns_jitter_ms / 1000}s`,
          respect_dns_ttl: input.respect_dns_ttl,
        }),
      );
      const random = scripted64([String(input.random)]);
      expect(nextLookup(dns!, input.min_ttl_s ?? 0, random)).toBe(expected * MILLISECOND);
      expect(random.drawn).toBe(input.dns_jitter_ms > 0 ? 1 : 0);
    },

    runtime_percent(input: { percent: number; random: number[] }, expected) {
      const random = scripted64(input.random.map(String));
      expect({ enabled: isEnabled(input.percent, random), draws: random.drawn }).toEqual(expected);
    },
  },
  () => undefined,
);

it("copies every kind of vector that is about outlier detection, health checks, draining and lookups", () => {
  expect([...new Set(vectors.map(({ input }) => input.kind))].sort()).toEqual([
    "dns_refresh",
    "drain_close",
    "hc_interval",
    "hc_sequence",
    "jittered_backoff",
    "max_ejection",
    "outlier_sequence",
    "result_mapping",
    "runtime_percent",
    "sr_threshold",
  ]);
});

interface DrainClose {
  readonly drain_time_s: number;
  readonly remaining_s: number;
  readonly random: number;
  readonly health_failed: boolean;
  readonly drain_type: "DEFAULT" | "MODIFY_ONLY";
  readonly strategy: "gradual" | "immediate";
  readonly draining: boolean;
}

interface DnsRefresh {
  readonly dns_refresh_rate_ms: number;
  /** Null: the answer does not say how long it holds. */
  readonly min_ttl_s: number | null;
  readonly respect_dns_ttl: boolean;
  readonly dns_jitter_ms: number;
  readonly random: number;
}

interface MaxEjection {
  readonly hosts: number;
  readonly active: number;
  readonly max_ejection_percent: number;
  readonly always_eject_one_host: boolean;
}

interface NextCheck {
  readonly config: Readonly<Record<string, number>>;
  readonly cluster_has_traffic: boolean;
  readonly result: CheckResult;
  readonly transition: HealthTransition;
  readonly random: readonly number[];
}

interface CheckSequence {
  readonly unhealthy_threshold: number;
  readonly healthy_threshold: number;
  readonly starts_failed: boolean;
  readonly results: readonly string[];
}

/** `config`: intervals in milliseconds, and other numbers; `runtime`: by the last part of the key. */
function healthCheckOf(
  config: Readonly<Record<string, number>>,
  runtime: Readonly<Record<string, number>> = {},
): HealthCheckOptions {
  const isDuration = (key: string) => /(interval|jitter)$/.test(key);
  const fields = Object.entries(config).map(([key, value]) => {
    return [key, isDuration(key) ? `${value / 1000}s` : value];
  });
  const message = messageOf({ http_health_check: { path: "/" }, ...Object.fromEntries(fields) });
  return readHealthCheck(message, {
    runtime: (key, otherwise) => runtime[key.replace("health_check.", "")] ?? otherwise,
    compileStringMatcher: () => () => true,
    scheme: "http",
  })!;
}

function applyCheck(health: HostHealth, result: string): HealthTransition {
  switch (result) {
    case "ok":
    case "ok_degraded":
      return health.succeed(result === "ok_degraded", 0);
    case "timeout":
      return health.fail("NETWORK_TIMEOUT", false, 0);
    case "network":
      return health.fail("NETWORK", false, 0);
    default:
      return health.fail("ACTIVE", result === "retriable", 503);
  }
}

interface Event {
  /** Milliseconds. */
  readonly t: number;
  readonly op: string;
  readonly host?: number;
  readonly code?: number | null;
  readonly result?: OutlierResult;
  readonly count?: number;
}

interface Sequence {
  readonly config: Readonly<Record<string, number | boolean>>;
  readonly hosts: number;
  readonly random: readonly number[];
  readonly events: readonly Event[];
}

type LogLine = [t: number, host: number, action: string, type: string | null, enforced: boolean | null];

interface Read {
  readonly ejected: number[];
  readonly host_rate_ext: number[];
  readonly host_rate_loc: number[];
  /** Mean and threshold. */
  readonly ext: [number, number];
  readonly loc: [number, number];
  readonly backoff: number[];
}

interface SequenceOutcome {
  readonly log?: LogLine[];
  readonly active?: number;
  readonly stats?: Record<string, number>;
  readonly reads?: Read[];
}

/** One cluster that goes through a sequence of a vector. */
class SequenceCluster {
  readonly detector: OutlierDetector;
  readonly log: LogLine[] = [];
  readonly reads: Read[] = [];
  readonly #stats = new Stats();
  readonly #hosts: Host[];
  readonly #detections: [HostMonitor, Detection][] = [];

  constructor({ config, hosts, random }: Sequence) {
    const onEvent = (host: Host, event: OutlierEvent): void => void this.log.push(this.#logLine(host, event));
    this.detector = new OutlierDetector(readOutlierDetection(outlierMessage(config)), {
      stats: this.#stats,
      statPrefix: "cluster.c.",
      // Beyond the given draws a vector goes on with 0.
      random: scripted64([...random.map(String), ...Array<string>(1000).fill("0")]),
      listener: {
        onDetected: (monitor, type) => void this.#detections.push([monitor, type]),
        onEject: onEvent,
        onUneject: onEvent,
        onDegrade: onEvent,
        onUndegrade: onEvent,
      },
    });
    this.#hosts = Array.from({ length: hosts }, (_, index) => testHost(index));
    for (const host of this.#hosts) this.detector.addHost(host);
  }

  apply({ t, op, host, code, result, count = 1 }: Event): void {
    const now = t * MILLISECOND;
    for (let i = 0; i < count; i++) {
      if (op === "code") this.#monitor(host!).putHttpCode(code!);
      else if (op === "result") this.#monitor(host!).putResult(result!, code ?? 0);
      else if (op === "sweep") this.detector.sweep(now);
      else if (op === "remove") this.detector.removeHost(this.#hosts[host!]!);
      else if (op === "hc") this.detector.healthCheckPassed(this.#hosts[host!]!, now);
      else if (op === "read") this.#read();
      else throw new Error(`unknown operation ${op}`);
      for (const [monitor, type] of this.#detections.splice(0)) this.detector.handle(monitor, type, now);
    }
  }

  statsOf(names: readonly string[]): Record<string, number> {
    const counter = (name: string) => {
      const [, kind, type] = /^(detected|enforced)_([A-Z0-9_]+)$/.exec(name) ?? [];
      const stat = type === undefined ? name : `${kind}_${STAT_NAMES[type as EjectionType]}`;
      return `cluster.c.outlier_detection.ejections_${stat}`;
    };
    return Object.fromEntries(names.map((name) => [name, this.#stats.counter(counter(name)).value]));
  }

  #monitor(host: number): HostMonitor {
    return this.detector.monitorOf(this.#hosts[host]!)!;
  }

  #read(): void {
    const isEjected = (host: Host) => (host.healthFlags & HealthFlag.failedOutlierCheck) !== 0;
    const monitors = this.#hosts.map((host) => this.detector.monitorOf(host)!);
    const numbers = (origin: Origin): [number, number] => {
      const { mean, threshold } = this.detector.numbers(origin);
      return [mean, threshold];
    };
    this.reads.push({
      ejected: this.#hosts.flatMap((host, index) => (isEjected(host) ? [index] : [])),
      host_rate_ext: monitors.map(({ rates }) => rates.external.published),
      host_rate_loc: monitors.map(({ rates }) => rates.local.published),
      ext: numbers("external"),
      loc: numbers("local"),
      backoff: monitors.map(({ ejection }) => ejection.multiplier),
    });
  }

  #logLine(host: Host, { action, type, at, enforced }: OutlierEvent): LogLine {
    const index = this.#hosts.indexOf(host);
    // Vectors leave open what Envoy prints as zero values.
    if (action === "UNEJECT") return [at / MILLISECOND, index, action, null, null];
    return [at / MILLISECOND, index, action, type, enforced];
  }
}

/** Records what a result is charged as. */
class ChargeRecorder extends HostMonitor {
  readonly charges: unknown[] = [];

  constructor(split: boolean) {
    super(testHost(0), readOutlierDetection(outlierMessage({ split })), () => {});
  }

  override putHttpCode(code: number): void {
    this.charges.push(["http", code]);
  }

  override putLocalOriginSuccess(): void {
    this.charges.push(["local", "ok"]);
  }

  override putLocalOriginFailure(): void {
    this.charges.push(["local", "fail"]);
  }
}

const FIELDS: Readonly<Record<string, string>> = {
  interval: "interval",
  base: "base_ejection_time",
  max: "max_ejection_time",
  jitter: "max_ejection_time_jitter",
  max_pct: "max_ejection_percent",
  one: "always_eject_one_host",
  c5: "consecutive_5xx",
  cg: "consecutive_gateway_failure",
  cl: "consecutive_local_origin_failure",
  e5: "enforcing_consecutive_5xx",
  eg: "enforcing_consecutive_gateway_failure",
  el: "enforcing_consecutive_local_origin_failure",
  split: "split_external_local_origin_errors",
  esr: "enforcing_success_rate",
  elsr: "enforcing_local_origin_success_rate",
  efp: "enforcing_failure_percentage",
  efpl: "enforcing_failure_percentage_local_origin",
  srh: "success_rate_minimum_hosts",
  srv: "success_rate_request_volume",
  f: "success_rate_stdev_factor",
  fpt: "failure_percentage_threshold",
  fpv: "failure_percentage_request_volume",
  hcun: "successful_active_health_check_uneject_host",
};
const DURATIONS = ["interval", "base", "max", "jitter"];

function outlierMessage(config: Readonly<Record<string, number | boolean>>): Message {
  const fields = Object.entries(config).map(([key, value]) => {
    const field = FIELDS[key];
    if (field === undefined) throw new Error(`unknown setting ${key}`);
    return [field, DURATIONS.includes(key) ? `${Number(value) / 1000}s` : value];
  });
  return messageOf(Object.fromEntries(fields));
}
