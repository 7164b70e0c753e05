import fc from "fast-check";
import { stringify } from "yaml";
import type { TestFiles } from "../support/run-scenario.ts";

const STATES = ["HEALTHY", "UNHEALTHY", "DRAINING", "TIMEOUT", "DEGRADED"] as const;
const FAULTS = ["errors", "down", "hang", "pause", "reset"] as const;
const EFFECTS = { errors: { 503: "100%" }, down: true, hang: true, pause: true, reset: "50%" };

/** A cluster with detectors and checks, the traffic to it, and what goes wrong. Times in milliseconds. */
export interface HealthWorld {
  readonly seed: number;
  readonly hosts: readonly {
    readonly priority: number;
    readonly state: (typeof STATES)[number];
    readonly isChecked: boolean;
  }[];
  readonly outlier: Readonly<Record<string, number | boolean | string>>;
  readonly check: Readonly<Record<string, number | boolean>> | null;
  readonly panicThreshold: number;
  readonly awaitsFirstCheck: boolean;
  readonly rate: number;
  readonly errorShare: number;
  readonly faults: readonly {
    readonly effect: (typeof FAULTS)[number];
    readonly from: number;
    readonly for: number;
    readonly host: number;
  }[];
}

const DURATION_MS = 2500;
const percent = fc.constantFrom(0, 50, 100, 100);
const seconds = (...ms: number[]) => fc.constantFrom(...ms.map((each) => `${each / 1000}s`));

const outlier = fc.record({
  interval: seconds(50, 110, 230),
  base_ejection_time: seconds(40, 90, 200),
  max_ejection_time: seconds(200, 600),
  max_ejection_time_jitter: seconds(0, 30),
  max_ejection_percent: fc.constantFrom(0, 10, 34, 50, 67, 100),
  always_eject_one_host: fc.boolean(),
  consecutive_5xx: fc.integer({ min: 0, max: 4 }),
  enforcing_consecutive_5xx: percent,
  consecutive_gateway_failure: fc.integer({ min: 0, max: 3 }),
  enforcing_consecutive_gateway_failure: percent,
  consecutive_local_origin_failure: fc.integer({ min: 0, max: 3 }),
  enforcing_consecutive_local_origin_failure: percent,
  split_external_local_origin_errors: fc.boolean(),
  enforcing_success_rate: percent,
  enforcing_local_origin_success_rate: percent,
  success_rate_minimum_hosts: fc.integer({ min: 1, max: 4 }),
  success_rate_request_volume: fc.integer({ min: 1, max: 10 }),
  success_rate_stdev_factor: fc.constantFrom(200, 900, 1900),
  enforcing_failure_percentage: percent,
  enforcing_failure_percentage_local_origin: percent,
  failure_percentage_minimum_hosts: fc.integer({ min: 1, max: 4 }),
  failure_percentage_request_volume: fc.integer({ min: 1, max: 10 }),
  failure_percentage_threshold: fc.constantFrom(10, 40, 85),
  successful_active_health_check_uneject_host: fc.boolean(),
  detect_degraded_hosts: fc.boolean(),
});

const check = fc.record({
  intervalMs: fc.constantFrom(40, 130),
  unhealthy: fc.integer({ min: 1, max: 3 }),
  healthy: fc.integer({ min: 1, max: 3 }),
  isTcp: fc.boolean(),
  isRetriable: fc.boolean(),
});

export const healthWorlds: fc.Arbitrary<HealthWorld> = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  hosts: fc.array(
    fc.record({
      priority: fc.constantFrom(0, 0, 0, 1),
      state: fc.constantFrom("HEALTHY" as const, "HEALTHY" as const, "HEALTHY" as const, ...STATES),
      isChecked: fc.constantFrom(true, true, true, false),
    }),
    { minLength: 1, maxLength: 7 },
  ),
  outlier,
  check: fc.option(check, { freq: 2 }),
  panicThreshold: fc.constantFrom(0, 50),
  awaitsFirstCheck: fc.boolean(),
  rate: fc.constantFrom(100, 400),
  errorShare: fc.constantFrom(0, 0.05, 0.3, 0.7),
  faults: fc.array(
    fc.record({
      effect: fc.constantFrom(...FAULTS),
      from: fc.integer({ min: 0, max: DURATION_MS }),
      for: fc.integer({ min: 1, max: DURATION_MS }),
      host: fc.nat(6),
    }),
    { maxLength: 3 },
  ),
});

/** The files that a user would write for this world. */
export function writeHealthWorld(world: HealthWorld): TestFiles {
  return {
    "scenario.yaml": stringify(scenarioOf(world)),
    "edge.envoy.yaml": stringify(bootstrapOf(world)),
  };
}

function scenarioOf({ seed, hosts, rate, errorShare, faults }: HealthWorld): object {
  return {
    name: "health",
    seed,
    duration: `${DURATION_MS}ms`,
    drain: "2s",
    network: { links: [{ latency: "0.2ms" }] },
    proxies: { edge: { config: "edge.envoy.yaml" } },
    services: {
      store: {
        cluster: "store",
        time: "2ms",
        ...(errorShare > 0 && { errors: { 500: `${errorShare * 50}%`, 503: `${errorShare * 50}%` } }),
      },
    },
    clients: {
      web: {
        to: "edge",
        arrivals: { poisson: `${rate}/s` },
        request: { path: "/" },
        timeout: "300ms",
      },
    },
    faults: faults.map(({ effect, from, for: length, host }) => ({
      at: `${from}ms`,
      for: `${length}ms`,
      service: "store",
      hosts: [`10.0.0.${1 + (host % hosts.length)}:8080`],
      [effect]: EFFECTS[effect],
    })),
  };
}

function bootstrapOf(world: HealthWorld): object {
  const manager = {
    "@type":
      "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    stat_prefix: "in",
    route_config: {
      virtual_hosts: [
        {
          name: "v",
          domains: ["*"],
          routes: [{ match: { prefix: "/" }, route: { cluster: "store", timeout: "0.1s" } }],
        },
      ],
    },
    http_filters: [
      {
        name: "router",
        typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" },
      },
    ],
  };
  const listener = {
    name: "in",
    address: socket("0.0.0.0", 10000),
    filter_chains: [{ filters: [{ name: "manager", typed_config: manager }] }],
  };
  return { static_resources: { listeners: [listener], clusters: [clusterOf(world)] } };
}

function clusterOf({ hosts, outlier, check, panicThreshold, awaitsFirstCheck }: HealthWorld): object {
  const endpoints = [0, 1].map((priority) => ({
    priority,
    lb_endpoints: hosts.flatMap((host, index) =>
      host.priority === priority ? [endpointOf(host, index)] : [],
    ),
  }));
  return {
    name: "store",
    type: "STATIC",
    connect_timeout: "0.05s",
    common_lb_config: {
      healthy_panic_threshold: { value: panicThreshold },
      ignore_new_hosts_until_first_hc: awaitsFirstCheck,
    },
    outlier_detection: outlier,
    ...(check && { health_checks: [checkOf(check)] }),
    load_assignment: { cluster_name: "store", endpoints },
  };
}

function endpointOf({ state, isChecked }: HealthWorld["hosts"][number], index: number): object {
  return {
    health_status: state,
    endpoint: {
      address: socket(`10.0.0.${index + 1}`, 8080),
      ...(isChecked ? {} : { health_check_config: { disable_active_health_check: true } }),
    },
  };
}

function checkOf({
  intervalMs,
  unhealthy,
  healthy,
  isTcp,
  isRetriable,
}: NonNullable<HealthWorld["check"]>): object {
  const retriable_statuses = isRetriable ? [{ start: 500, end: 600 }] : [];
  return {
    timeout: "0.03s",
    interval: `${Number(intervalMs) / 1000}s`,
    no_traffic_interval: "0.1s",
    unhealthy_threshold: unhealthy,
    healthy_threshold: healthy,
    ...(isTcp ? { tcp_health_check: {} } : { http_health_check: { path: "/healthz", retriable_statuses } }),
  };
}

function socket(address: string, port: number): object {
  return { socket_address: { address, port_value: port } };
}
