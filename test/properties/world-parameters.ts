import fc from "fast-check";

/**
 * What a random world is made of; times in milliseconds. Plain data that fast-check chooses and shrinks, and
 * that write-world.ts turns into the files a user would write.
 */
export interface WorldParameters {
  readonly seed: number;
  readonly durationMs: number;
  readonly hasWarmup: boolean;
  /** From the one that clients reach to the one before the hosts. */
  readonly proxies: readonly ProxyParameters[];
  readonly service: ServiceParameters;
  readonly clients: readonly ClientParameters[];
  readonly link: LinkParameters;
  readonly faults: readonly FaultParameters[];
}

/** A time that is constant or random. */
export type Time =
  | { readonly kind: "constant"; readonly ms: number }
  | { readonly kind: "uniform"; readonly ms: number; readonly to: number }
  | { readonly kind: "exponential"; readonly ms: number };

export interface ProxyParameters {
  readonly replicas: number;
  readonly concurrency: number;
  readonly overhead: Time | null;
  readonly zone: Zone;
  readonly upstream: UpstreamParameters;
  readonly limits: LimitParameters;
  readonly retry: RetryParameters | null;
  /** 0: none. */
  readonly routeTimeoutMs: number;
  /** Of the connection manager, against silence and for the whole exchange; null: Envoy's default. */
  readonly idleTimeoutMs: number | null;
  readonly maxDurationMs: number | null;
  /** Whether the route has the priority HIGH, with limits of its own. */
  readonly isHigh: boolean;
  readonly outlier: OutlierParameters | null;
  readonly check: CheckParameters | null;
  readonly panicThreshold: number;
  /** Null: Envoy's default. */
  readonly mergeWindowMs: number | null;
}

export interface UpstreamParameters {
  readonly protocol: "http1" | "http2";
  readonly maxConcurrentStreams: number;
  /** 0: unlimited. */
  readonly maxRequestsPerConnection: number;
  readonly connectTimeoutMs: number;
  readonly hasTls: boolean;
  readonly balancer: "ROUND_ROBIN" | "LEAST_REQUEST" | "RANDOM";
}

/** Null: Envoy's default. */
export interface LimitParameters {
  readonly connections: number | null;
  readonly pendingRequests: number | null;
  readonly requests: number | null;
  readonly retries: number | null;
  readonly budget: { readonly percent: number; readonly least: number } | null;
  readonly connectionsPerHost: number | null;
}

export interface RetryParameters {
  readonly on: readonly string[];
  readonly retries: number;
  /** 0: none. */
  readonly perTryTimeoutMs: number;
  readonly perTryIdleTimeoutMs: number;
  readonly backOffMs: number;
  readonly avoidsPreviousHosts: boolean;
}

export interface OutlierParameters {
  readonly consecutive5xx: number;
  readonly consecutiveGateway: number;
  readonly splitsLocalErrors: boolean;
  readonly intervalMs: number;
  readonly ejectionMs: number;
  readonly maxEjectionPercent: number;
  readonly alwaysEjectsOne: boolean;
  /** Which detector by rate is enforced. Never both: Envoy counts a host twice that both eject in one sweep. */
  readonly byRate: "none" | "success rate" | "failure percentage";
  readonly volume: number;
}

export interface CheckParameters {
  readonly kind: "http" | "tcp";
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly unhealthyThreshold: number;
  readonly healthyThreshold: number;
  readonly isRetriable: boolean;
  readonly reusesConnection: boolean;
}

export type Zone = "a" | "b";

export interface ServiceParameters {
  readonly hosts: readonly { readonly weight: number; readonly priority: number; readonly zone: Zone }[];
  /** Null: unlimited. */
  readonly workers: number | null;
  readonly queue: number | null;
  readonly time: Time;
  readonly errorShare: number;
  readonly bodyBytes: number;
  readonly dropsAbandoned: boolean;
}

export type ArrivalParameters =
  | { readonly kind: "constant" | "poisson" | "steps"; readonly rate: number }
  | { readonly kind: "closed"; readonly users: number; readonly thinkMs: number };

export interface ClientParameters {
  /** Whether it asks the service without a proxy. */
  readonly isDirect: boolean;
  readonly protocol: "http1" | "http2";
  readonly arrivals: ArrivalParameters;
  /** Null: none. */
  readonly timeoutMs: number | null;
  readonly zone: Zone;
  readonly bodyBytes: number;
  /** Whether some of its requests have no route, or one that answers directly. */
  readonly strays: boolean;
}

export interface LinkParameters {
  readonly latency: Time;
  readonly acrossZones: Time;
  readonly loss: number;
  /** Whether messages share 1 MiB/s. */
  readonly isNarrow: boolean;
}

export const hostFaults = ["slow", "time", "errors", "down", "hang", "pause", "reset"] as const;
export const linkFaults = ["latency", "add_latency", "loss", "cut"] as const;

export interface FaultParameters {
  readonly target: "service" | "link" | "proxy" | "zone";
  readonly effect: (typeof hostFaults)[number] | (typeof linkFaults)[number];
  /** Shares of the duration. */
  readonly from: number;
  /** 0: it lasts. */
  readonly for: number;
  /** How many hosts it hits, at most; or which proxy of the chain. */
  readonly which: number;
  readonly oneway: boolean;
}

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
});

const outlier: fc.Arbitrary<OutlierParameters> = fc.record({
  consecutive5xx: fc.integer({ min: 0, max: 3 }),
  consecutiveGateway: fc.integer({ min: 0, max: 3 }),
  splitsLocalErrors: fc.boolean(),
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
  retry: maybe(retry, 3),
  routeTimeoutMs: fc.constantFrom(15000, 0, 20, 60),
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

export const worlds: fc.Arbitrary<WorldParameters> = fc.record({
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
});
