/**
 * What a random world is made of; times in milliseconds. Plain data that draw-world.ts draws, and
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
  readonly changes: readonly ChangeParameters[];
  /** Of all proxies. */
  readonly drain: { readonly seconds: number; readonly strategy: "gradual" | "immediate" };
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
  readonly connections: ConnectionParameters;
  /** HTTP filters, in this order. */
  readonly filters: readonly FilterParameters[];
  readonly retry: RetryParameters | null;
  /** Percentage of requests that are sent to the same cluster a second time, and nobody waits for. */
  readonly mirrored: number;
  /** 0: none. */
  readonly routeTimeoutMs: number;
  /** Whether it goes itself where the last proxy sends those who ask for /old. */
  readonly followsRedirects: boolean;
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

/** How long connections live, and how many there may be. Null: Envoy's default. */
export interface ConnectionParameters {
  readonly upstreamIdleMs: number | null;
  readonly upstreamMaxDurationMs: number | null;
  readonly downstreamIdleMs: number | null;
  readonly downstreamMaxDurationMs: number | null;
  /** 0: unlimited. */
  readonly downstreamMaxRequests: number;
  /** Of the listener; those above are closed after a while. */
  readonly limit: { readonly connections: number; readonly delayMs: number } | null;
  readonly preconnectRatio: number | null;
  /** Whether the listener serves TLS. */
  readonly servesTls: boolean;
}

export type FilterParameters =
  | { readonly kind: "fault"; readonly delayMs: number; readonly delayed: number; readonly aborted: number }
  | { readonly kind: "local rate limit"; readonly tokens: number; readonly fillMs: number }
  | { readonly kind: "admission control"; readonly threshold: number }
  | { readonly kind: "adaptive concurrency"; readonly windowMs: number };

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
  /** Whether an attempt that is slow goes on beside the next one. */
  readonly hedges: boolean;
}

export interface OutlierParameters {
  readonly consecutive5xx: number;
  readonly consecutiveGateway: number;
  readonly splitsLocalErrors: boolean;
  readonly consecutiveLocal: number;
  readonly detectsDegraded: boolean;
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
  /** Whether some of its requests have no route, or one that answers directly or redirects. */
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

/** What an operator asks of a proxy. */
export interface ChangeParameters {
  readonly admin: string;
  /** Share of the duration. */
  readonly at: number;
  /** Which proxy of the chain, at most. */
  readonly which: number;
}

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
