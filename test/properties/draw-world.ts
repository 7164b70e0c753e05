import fc from "fast-check";
import {
  type ArrivalParameters,
  type ChangeParameters,
  type CheckParameters,
  type ClientParameters,
  type ConnectionParameters,
  type FaultParameters,
  type FilterParameters,
  hostFaults,
  type LimitParameters,
  linkFaults,
  type OutlierParameters,
  type ProxyParameters,
  type RetryParameters,
  type ServiceParameters,
  type Time,
  type WorldParameters,
  type Zone,
} from "./world-parameters.ts";

/** Null where a setting is left out: once for `often` times that it is given. */
function maybe<T>(given: fc.Arbitrary<T>, often = 1): fc.Arbitrary<T | null> {
  return fc.oneof({ arbitrary: fc.constant(null), weight: 1 }, { arbitrary: given, weight: often });
}

const zone = fc.constantFrom<Zone>("a", "b");

function time(maxMs: number): fc.Arbitrary<Time> {
  const ms = fc.double({ min: 0.1, max: maxMs, noNaN: true }).map((value) => Math.ceil(value * 1000) / 1000);
  return fc.oneof(
    fc.record({ kind: fc.constant("constant" as const), ms }),
    fc.record({ kind: fc.constant("constant" as const), ms }),
    fc.tuple(ms, ms).map(([a, b]) => ({ kind: "uniform" as const, ms: Math.min(a, b), to: Math.max(a, b) })),
    fc.record({ kind: fc.constant("exponential" as const), ms }),
  );
}

const latency = fc.oneof(
  fc.constant<Time>({ kind: "constant", ms: 0 }),
  fc.constant<Time>({ kind: "constant", ms: 0.25 }),
  time(12),
);

const limits: fc.Arbitrary<LimitParameters> = fc.record({
  connections: maybe(fc.integer({ min: 0, max: 6 })),
  pendingRequests: maybe(fc.constantFrom(0, 1, 2, 5, 20)),
  requests: maybe(fc.constantFrom(0, 1, 3, 8, 30), 3),
  retries: maybe(fc.integer({ min: 0, max: 10 })),
  budget: maybe(
    fc.record({ percent: fc.constantFrom(0, 10, 20, 50, 100), least: fc.integer({ min: 0, max: 3 }) }),
    1,
  ),
  connectionsPerHost: maybe(fc.integer({ min: 1, max: 3 }), 1),
});

const unlimited: LimitParameters = {
  connections: null,
  pendingRequests: null,
  requests: null,
  retries: 100,
  budget: null,
  connectionsPerHost: null,
};

const connections: fc.Arbitrary<ConnectionParameters> = fc.record({
  upstreamIdleMs: maybe(fc.constantFrom(5, 20, 100)),
  upstreamMaxDurationMs: maybe(fc.constantFrom(15, 60, 200)),
  downstreamIdleMs: maybe(fc.constantFrom(5, 20, 100)),
  downstreamMaxDurationMs: maybe(fc.constantFrom(15, 60, 200)),
  downstreamMaxRequests: fc.constantFrom(0, 1, 3),
  limit: maybe(fc.record({ connections: fc.integer({ min: 1, max: 8 }), delayMs: fc.constantFrom(0, 20) })),
  preconnectRatio: maybe(fc.constantFrom(1.5, 3)),
  servesTls: fc.boolean(),
});

const lasting: ConnectionParameters = {
  upstreamIdleMs: null,
  upstreamMaxDurationMs: null,
  downstreamIdleMs: null,
  downstreamMaxDurationMs: null,
  downstreamMaxRequests: 0,
  limit: null,
  preconnectRatio: null,
  servesTls: false,
};

const filter: fc.Arbitrary<FilterParameters> = fc.oneof(
  fc.record({
    kind: fc.constant("fault" as const),
    delayMs: fc.constantFrom(1, 7, 30),
    delayed: fc.constantFrom(0, 20, 100),
    aborted: fc.constantFrom(0, 10, 100),
  }),
  fc.record({
    kind: fc.constant("local rate limit" as const),
    tokens: fc.constantFrom(1, 5, 20),
    fillMs: fc.constantFrom(50, 100),
  }),
  fc.record({ kind: fc.constant("admission control" as const), threshold: fc.constantFrom(20, 80) }),
  fc.record({ kind: fc.constant("adaptive concurrency" as const), windowMs: fc.constantFrom(20, 50) }),
);

const retry: fc.Arbitrary<RetryParameters> = fc.record({
  on: fc.subarray(
    ["5xx", "gateway-error", "connect-failure", "reset", "retriable-status-codes", "reset-before-request"],
    { minLength: 1 },
  ),
  retries: fc.integer({ min: 0, max: 4 }),
  perTryTimeoutMs: fc.constantFrom(0, 3, 10, 30),
  perTryIdleTimeoutMs: fc.constantFrom(0, 0, 0, 8),
  backOffMs: fc.constantFrom(1, 5, 25, 60),
  avoidsPreviousHosts: fc.boolean(),
  hedges: fc.boolean(),
});

const outlier: fc.Arbitrary<OutlierParameters> = fc.record({
  consecutive5xx: fc.integer({ min: 0, max: 3 }),
  consecutiveGateway: fc.integer({ min: 0, max: 3 }),
  splitsLocalErrors: fc.boolean(),
  consecutiveLocal: fc.integer({ min: 0, max: 3 }),
  detectsDegraded: fc.boolean(),
  intervalMs: fc.constantFrom(60, 110, 230),
  ejectionMs: fc.constantFrom(40, 90, 200),
  maxEjectionPercent: fc.constantFrom(0, 10, 35, 50, 100),
  alwaysEjectsOne: fc.boolean(),
  byRate: fc.constantFrom("none", "success rate", "failure percentage"),
  volume: fc.constantFrom(1, 4),
});

const check: fc.Arbitrary<CheckParameters> = fc.record({
  kind: fc.constantFrom("http", "tcp"),
  intervalMs: fc.constantFrom(20, 70),
  timeoutMs: fc.constantFrom(4, 15),
  unhealthyThreshold: fc.integer({ min: 1, max: 3 }),
  healthyThreshold: fc.integer({ min: 1, max: 3 }),
  isRetriable: fc.boolean(),
  reusesConnection: fc.boolean(),
});

const proxy: fc.Arbitrary<ProxyParameters> = fc.record({
  replicas: fc.integer({ min: 1, max: 2 }),
  concurrency: fc.integer({ min: 1, max: 3 }),
  overhead: maybe(time(10), 1),
  zone,
  upstream: fc.record({
    protocol: fc.constantFrom("http1", "http2"),
    maxConcurrentStreams: fc.constantFrom(1, 2, 100),
    maxRequestsPerConnection: fc.constantFrom(0, 0, 1, 3),
    connectTimeoutMs: fc.constantFrom(1000, 5, 12, 40),
    hasTls: fc.boolean(),
    balancer: fc.constantFrom("ROUND_ROBIN", "LEAST_REQUEST", "RANDOM"),
  }),
  limits: fc.oneof(fc.constant(unlimited), limits, limits),
  connections: fc.oneof(fc.constant(lasting), connections),
  filters: fc.oneof(
    { arbitrary: fc.constant([]), weight: 2 },
    { arbitrary: fc.array(filter, { minLength: 1, maxLength: 2 }), weight: 1 },
  ),
  retry: maybe(retry, 3),
  mirrored: fc.constantFrom(0, 0, 0, 30, 100),
  routeTimeoutMs: fc.constantFrom(15000, 0, 20, 60),
  followsRedirects: fc.boolean(),
  idleTimeoutMs: fc.constantFrom(null, null, null, 25),
  maxDurationMs: fc.constantFrom(null, null, null, 35),
  isHigh: fc.boolean(),
  outlier: maybe(outlier, 2),
  check: maybe(check, 1),
  panicThreshold: fc.constantFrom(50, 0, 100),
  mergeWindowMs: fc.constantFrom(0, null, 150),
});

const host = fc.record({
  weight: fc.integer({ min: 1, max: 4 }),
  priority: fc.constantFrom(0, 0, 1),
  zone,
});

const service: fc.Arbitrary<ServiceParameters> = fc.record({
  hosts: fc.array(host, { minLength: 1, maxLength: 5 }),
  workers: maybe(fc.constantFrom(1, 1, 2, 4), 3),
  queue: maybe(fc.constantFrom(0, 1, 4, 20)),
  time: time(40),
  errorShare: fc.constantFrom(0, 0.02, 0.3),
  bodyBytes: fc.constantFrom(0, 1024),
  dropsAbandoned: fc.boolean(),
});

const arrivals: fc.Arbitrary<ArrivalParameters> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("constant" as const, "poisson" as const, "steps" as const),
    rate: fc.integer({ min: 20, max: 400 }),
  }),
  fc.record({
    kind: fc.constant("closed" as const),
    users: fc.integer({ min: 1, max: 12 }),
    thinkMs: fc.integer({ min: 5, max: 60 }),
  }),
);

const client: fc.Arbitrary<ClientParameters> = fc.record({
  isDirect: fc.constantFrom(false, false, false, true),
  protocol: fc.constantFrom("http1", "http2"),
  arrivals,
  timeoutMs: fc.constantFrom(null, null, 15, 80, 1000),
  zone,
  bodyBytes: fc.constantFrom(0, 0, 300),
  strays: fc.boolean(),
});

const fault: fc.Arbitrary<FaultParameters> = fc
  .constantFrom("service" as const, "service" as const, "link" as const, "proxy" as const, "zone" as const)
  .chain((target) =>
    fc.record({
      target: fc.constant(target),
      effect: fc.constantFrom(...effectsOn(target)),
      from: fc.integer({ min: 5, max: 70 }).map((percent) => percent / 100),
      for: fc.integer({ min: 0, max: 50 }).map((percent) => percent / 100),
      which: fc.integer({ min: 1, max: 3 }),
      oneway: fc.boolean(),
    }),
  );

function effectsOn(target: FaultParameters["target"]): FaultParameters["effect"][] {
  if (target === "link") return [...linkFaults];
  if (target === "proxy") return ["down", "down", ...linkFaults];
  return [...hostFaults, "down", "down", "reset", "reset", ...linkFaults];
}

/** Hosts that go down while they are paused: two faults that chance alone seldom brings together. */
const downWhilePaused: readonly FaultParameters[] = [
  { target: "service", effect: "pause", from: 0.2, for: 0.4, which: 3, oneway: false },
  { target: "service", effect: "down", from: 0.4, for: 0.1, which: 3, oneway: false },
];

const faults: fc.Arbitrary<readonly FaultParameters[]> = fc.oneof(
  { arbitrary: fc.array(fault, { maxLength: 3 }), weight: 12 },
  { arbitrary: fc.constant(downWhilePaused), weight: 1 },
);

const change: fc.Arbitrary<ChangeParameters> = fc.record({
  admin: fc.constantFrom(
    "/healthcheck/fail",
    "/healthcheck/ok",
    "/drain_listeners",
    "/drain_listeners?graceful",
    "/drain_listeners?skip_exit",
  ),
  at: fc.integer({ min: 0, max: 80 }).map((percent) => percent / 100),
  which: fc.integer({ min: 1, max: 3 }),
});

const changes: fc.Arbitrary<readonly ChangeParameters[]> = fc.oneof(
  { arbitrary: fc.constant([]), weight: 2 },
  { arbitrary: fc.array(change, { minLength: 1, maxLength: 3 }), weight: 1 },
);

/**
 * Where messages take no time, connections that fail in their set-up are preconnected again at the same instant, without end:
 * Envoy goes round so, too, but each round takes it time.
 */
function withTimeToConnect(world: WorldParameters): WorldParameters {
  const { latency, acrossZones } = world.link;
  if (latency.ms > 0 && acrossZones.ms > 0) return world;
  const proxies = world.proxies.map((each) => ({
    ...each,
    connections: { ...each.connections, preconnectRatio: null },
  }));
  return { ...world, proxies };
}

const anyWorld: fc.Arbitrary<WorldParameters> = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  durationMs: fc.constantFrom(500, 1000, 2000),
  hasWarmup: fc.boolean(),
  proxies: fc.array(proxy, { minLength: 1, maxLength: 3 }),
  service,
  clients: fc.array(client, { minLength: 1, maxLength: 2 }),
  link: fc.record({
    latency,
    acrossZones: latency,
    loss: fc.constantFrom(0, 0, 0.03),
    isNarrow: fc.constantFrom(false, false, false, true),
  }),
  faults,
  changes,
  drain: fc.record({
    seconds: fc.constantFrom(0, 1, 2),
    strategy: fc.constantFrom("gradual", "gradual", "immediate"),
  }),
});

export const worlds = anyWorld.map(withTimeToConnect);
