import type { TestFiles } from "../support/run-scenario.ts";
import { envoy, filesOf, type World } from "../support/world.ts";

export interface TestWorld {
  readonly name: string;
  readonly scenario: World;
  readonly files: TestFiles;
}

const HOSTS = ["10.0.0.1:8080", "10.0.0.2:8080", "10.0.0.3:8080", "10.0.0.4:8080", "10.0.0.5:8080"];

const get = { method: "GET", authority: "shop.example", path: "/" };

/** Clients straight at services: every kind of arrivals, of distributions and of faults, and an imperfect network. */
const direct: World = {
  seed: 7,
  duration: "6s",
  warmup: "1s",
  drain: "2s",
  network: {
    links: [
      { from: "zone:a", to: "zone:b", latency: { lognormal: { median: "1ms", p99: "5ms" } }, loss: "2%" },
      { from: "client:bulk", latency: "1ms", bandwidth: "20MiB" },
      { from: "service:stock", to: "*", latency: { gamma: { mean: "2ms", shape: 2 } } },
      { latency: "250us" },
    ],
  },
  services: {
    stock: {
      replicas: 4,
      zone: ["a", "b"],
      workers: 2,
      queue: 10,
      time: {
        mixture: [
          { weight: "80%", exponential: { mean: "4ms" } },
          { weight: "20%", pareto: { min: "5ms", alpha: 3 } },
        ],
      },
      errors: { 500: "1%", 404: "2%" },
      drop_abandoned: true,
    },
    search: { workers: 3, time: { weibull: { scale: "6ms", shape: 1.5 } }, body: "64KiB", zone: "b" },
  },
  clients: {
    web: {
      to: "stock",
      zone: "a",
      arrivals: { poisson: "500/s" },
      request: [
        { ...get, weight: 3, headers: { "x-user": { keys: 100, zipf: 1.1 }, accept: "text/html" } },
        { ...get, path: "/item", body: "2KiB" },
      ],
      timeout: "50ms",
    },
    bulk: {
      to: "search",
      protocol: "http2",
      arrivals: { closed: { users: 10, think: { erlang: { mean: "20ms", k: 3 } } } },
    },
    wave: {
      to: "stock",
      arrivals: {
        schedule: [
          { at: "0s", rate: "0/s" },
          { at: "3s", rate: "300/s" },
          { at: "5s", rate: "10/s" },
        ],
        ramp: true,
      },
      success: "status < 500",
    },
    clock: { to: "search", zone: "a", arrivals: { constant: "50/s" } },
    replay: { to: "stock", arrivals: { trace: "trace.jsonl" } },
  },
  faults: [
    { at: "1500ms", for: "1s", service: "stock", hosts: 2, slow: 5 },
    { at: "2s", for: "500ms", service: "stock", hosts: "20%", down: true },
    {
      at: "2s",
      for: "1s",
      service: "search",
      time: { normal: { mean: "3ms", stdev: "1ms" } },
      errors: { 503: "20%" },
    },
    { at: "3s", for: "200ms", service: "search", pause: true },
    { at: "3500ms", for: "100ms", service: "stock", hosts: ["10.128.0.3:8080"], hang: true },
    { at: "4s", for: "500ms", service: "stock", reset: "10%" },
    { at: "4s", for: "300ms", from: "client:web", to: "service:stock", cut: true, oneway: true },
    {
      at: "4500ms",
      for: "500ms",
      link: { from: "client:clock", to: "*" },
      add_latency: { uniform: { min: "0ms", max: "3ms" } },
    },
    { at: "5s", for: "500ms", zone: "b", loss: "10%" },
  ],
};

/** A proxy with two replicas of two workers, retries, limits, outlier detection, and a second proxy behind it. */
const meshed: World = {
  seed: "mesh",
  duration: "6s",
  warmup: "1s",
  network: { links: [{ latency: "250us" }] },
  proxies: {
    edge: {
      config: "edge.envoy.json",
      replicas: 2,
      concurrency: 2,
      address: "10.1.0.1",
      overhead: { exponential: { mean: "60us" } },
    },
    inner: { config: "inner.envoy.json", address: "10.2.0.1" },
  },
  services: { checkout: { cluster: "api", workers: 4, time: { lognormal: { median: "8ms", p99: "60ms" } } } },
  clients: {
    web: { to: "edge", arrivals: { poisson: "400/s" }, request: get, timeout: "1s" },
    mobile: {
      to: "edge",
      protocol: "http2",
      arrivals: { closed: { users: 20, think: "50ms" } },
      request: get,
    },
    inside: { to: "inner", arrivals: { constant: "100/s" }, request: get },
  },
  faults: [
    { name: "slow", at: "2s", for: "2s", service: "checkout", hosts: 2, slow: 10 },
    { at: "3s", for: "1s", service: "checkout", hosts: ["10.0.0.4:8080"], errors: { 503: "100%" } },
    { at: "4s", for: "500ms", service: "checkout", hosts: ["10.0.0.5:8080"], down: true },
    { at: "5s", for: "100ms", proxy: "inner", down: true },
  ],
  expect: ["web.success_rate > 50%", "web.p99 < 10s from 2s to 4s"],
  variants: { patient: { set: { "clients.web.timeout": "3s" } } },
};

const retries = {
  retry_policy: { retry_on: "5xx", num_retries: 2, per_try_timeout: "0.1s" },
};

const careful = {
  lb_policy: "LEAST_REQUEST",
  circuit_breakers: { thresholds: [{ max_connections: 100, max_requests: 60, max_retries: 5 }] },
  outlier_detection: {
    consecutive_5xx: 3,
    base_ejection_time: "1s",
    interval: "0.5s",
    max_ejection_percent: 50,
  },
};

export const worlds: readonly TestWorld[] = [
  {
    name: "clients and services",
    scenario: direct,
    files: {
      "trace.jsonl": [100, 100, 2500, 2500.5, 5999]
        .map((at) =>
          JSON.stringify({ at_ms: at, method: "GET", path: "/replayed", headers: { b: "1", a: "2" } }),
        )
        .join("\n"),
    },
  },
  {
    name: "proxies",
    scenario: meshed,
    files: {
      "edge.envoy.json": envoy(
        [...HOSTS.slice(0, 3), "10.2.0.1:80"],
        { ...careful, name: "front" },
        { ...retries, cluster: "front" },
      ),
      "inner.envoy.json": envoy(HOSTS, { ...careful, lb_policy: "ROUND_ROBIN" }, retries),
    },
  },
];

/** The files of a world, with another scenario in place of its own where one is given. */
export function worldFiles({ scenario, files }: TestWorld, other: World = scenario): TestFiles {
  return filesOf(other, files);
}
