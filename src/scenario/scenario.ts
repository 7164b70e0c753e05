import type { Nanoseconds } from "../kernel/time.ts";
import type { DistributionSpec } from "../random/distributions/distribution.ts";
import type { Expectation } from "./expectation.ts";
import type { LayerSpec } from "./library.ts";
import type { Selector } from "./selector.ts";

/**
 * A scenario file after defaults, units and settings: plain data, names not yet resolved. Times are
 * nanoseconds, rates are per second, shares are 0 to 1. Lists keep the order of the file.
 */
export interface Scenario {
  readonly name: string;
  readonly seed: string;
  readonly duration: Nanoseconds;
  readonly warmup: Nanoseconds;
  /** How long after `duration` the run may go on until nothing is in flight. */
  readonly drain: Nanoseconds;
  readonly links: readonly LinkSpec[];
  readonly proxies: readonly ProxySpec[];
  readonly services: readonly ServiceSpec[];
  readonly clients: readonly ClientSpec[];
  readonly faults: readonly FaultSpec[];
  readonly changes: readonly ChangeSpec[];
  readonly expect: readonly Expectation[];
}

export interface LinkSpec {
  readonly from: Selector;
  readonly to: Selector;
  /** One way, drawn for each message. */
  readonly latency: DistributionSpec;
  readonly loss: number;
  /** Bytes a second; absent: unlimited. */
  readonly bandwidth?: number;
}

export interface ProxySpec {
  readonly name: string;
  /** Path of the Envoy bootstrap, as written, relative to the scenario file. */
  readonly config: string;
  readonly replicas: number;
  readonly concurrency: number;
  /** Address of replica 0; replica r adds r. Absent: one is given (see simulation/). */
  readonly address?: string;
  /** Dealt to the replicas in turn; empty: none. */
  readonly zones: readonly string[];
  readonly overhead: DistributionSpec;
  /** Time that a worker takes for each TLS handshake, one after the other. */
  readonly handshake: DistributionSpec;
  /** Of the kernel's coarse clock, by which the back-offs of its retries run; 0: they are exact. */
  readonly timerTick: Nanoseconds;
  /** Envoy's `--drain-time-s`: whole seconds. */
  readonly drainTime: Nanoseconds;
  /** Envoy's `--drain-strategy`. */
  readonly drainStrategy: "gradual" | "immediate";
  /** Policies in place of those that its configuration asks for, by cluster. */
  readonly policies: readonly PolicySpec[];
}

/** A policy that Envoy does not have, for one cluster of a proxy. */
export interface PolicySpec {
  readonly cluster: string;
  readonly policy: string;
  /** Times in nanoseconds. */
  readonly options: Readonly<Record<string, number>>;
}

export interface ServiceSpec {
  readonly name: string;
  /** The Envoy cluster whose endpoints are its hosts. */
  readonly cluster?: string;
  /** The DNS name whose clusters resolve to its hosts. */
  readonly dns?: string;
  readonly replicas?: number;
  readonly port: number;
  readonly zones: readonly string[];
  /** Requests that one host serves at once; Infinity: unlimited. */
  readonly workers: number;
  /** Requests that may wait at one host; Infinity: no limit. */
  readonly queue: number;
  readonly time: DistributionSpec;
  readonly errors: ErrorShares;
  /** Bytes of an answer. */
  readonly bodyBytes: number;
  readonly dropAbandoned: boolean;
  /** Whether answers of its hosts carry a load report. */
  readonly reportsLoad: boolean;
  /** After so long without a request a host closes a connection; Infinity: never. */
  readonly idleTimeout: Nanoseconds;
  /** It is a rate-limit service, with this configuration. */
  readonly rateLimits?: RateLimitsSpec;
}

/** What a rate-limit service limits. */
export interface RateLimitsSpec {
  readonly domain: string;
  readonly descriptors: readonly RateLimitRuleSpec[];
  /** Whether each host remembers which windows are full. */
  readonly hasLocalCache: boolean;
}

export type RateLimitUnit = "second" | "minute" | "hour" | "day" | "week" | "month" | "year";

export interface RateLimitRuleSpec {
  readonly key: string;
  /** Undefined: any, each counted for itself. */
  readonly value?: string | undefined;
  /** Undefined: it only leads to those below it. */
  readonly limit?:
    | { readonly unit: RateLimitUnit; readonly requestsPerUnit: number }
    | "unlimited"
    | undefined;
  /** What is over the limit is counted and passes. */
  readonly isShadow: boolean;
  readonly descriptors: readonly RateLimitRuleSpec[];
}

/** Shares of answers with a status of their own, by ascending status; their sum is at most 1. */
export type ErrorShares = readonly { readonly status: number; readonly share: number }[];

export interface ClientSpec {
  readonly name: string;
  /** A proxy or a service. */
  readonly to: string;
  /** Name of the proxy's listener; absent: its only one. */
  readonly listener?: string;
  /** `tcp`: each request is a connection with one exchange. */
  readonly protocol: "http1" | "http2" | "tcp";
  /** Absent: as the listener wants it; false: plain text. */
  readonly tls?: boolean | ClientTlsSpec;
  /** IP address that its connections come from; absent: none that a range could hold. */
  readonly address?: string;
  readonly zones: readonly string[];
  readonly arrivals: ArrivalsSpec;
  /** At least one. */
  readonly requests: readonly RequestSpec[];
  readonly timeout?: Nanoseconds;
  /** What its requests go through before they are sent, outermost first; absent: nothing. */
  readonly library?: readonly LayerSpec[];
  /** Decides which statuses are successes; absent: 200 to 399. */
  readonly success?: { readonly op: "<" | "<=" | ">" | ">=" | "==" | "!="; readonly status: number };
}

/** What a client says in TLS. */
export interface ClientTlsSpec {
  /** Absent: the host of the first request of the connection. */
  readonly sni?: string | undefined;
  /** Absent: the client's protocol. */
  readonly alpn?: readonly string[] | undefined;
  readonly certificate: boolean;
}

export type ArrivalsSpec =
  | { readonly kind: "constant"; readonly rate: number }
  | { readonly kind: "poisson"; readonly rate: number }
  | { readonly kind: "schedule"; readonly steps: readonly RateStep[]; readonly ramp: boolean }
  | { readonly kind: "closed"; readonly users: number; readonly think: DistributionSpec }
  | { readonly kind: "trace"; readonly requests: readonly TracedRequest[] };

/** From `at` on, `rate` requests a second; with `ramp`, changing linearly until the next step. */
export interface RateStep {
  readonly at: Nanoseconds;
  readonly rate: number;
}

export interface TracedRequest {
  readonly at: Nanoseconds;
  readonly request: RequestSpec;
}

export interface RequestSpec {
  readonly weight: number;
  readonly method: string;
  readonly authority: string;
  readonly path: string;
  /** Lower-case names in code-unit order; repeated values stay apart. */
  readonly headers: readonly { readonly name: string; readonly value: HeaderValueSpec }[];
  readonly bodyBytes: number;
}

/** A header's value: fixed, or `key-I` with I drawn from 0 to keys - 1 (zipf 0: uniformly). */
export type HeaderValueSpec = string | { readonly keys: number; readonly zipf: number };

/** What a fault hits. */
export type FaultTarget =
  | { readonly kind: "service"; readonly service: string; readonly hosts: HostChoice }
  | { readonly kind: "proxy"; readonly proxy: string }
  | { readonly kind: "zone"; readonly zone: string }
  | { readonly kind: "link"; readonly from: Selector; readonly to: Selector };

/** Which hosts of a service: all, the first so many, a share of them rounded up, or addresses. */
export type HostChoice =
  | { readonly kind: "all" }
  | { readonly kind: "first"; readonly count: number }
  | { readonly kind: "share"; readonly share: number }
  | { readonly kind: "addresses"; readonly addresses: readonly string[] };

/** A timed change of the world; several effects may stand in one fault. */
export interface FaultSpec {
  /** Given, or made from what the fault does. */
  readonly name: string;
  readonly at: Nanoseconds;
  /** Infinity: it lasts. */
  readonly for: Nanoseconds;
  readonly target: FaultTarget;
  readonly slow?: number;
  readonly time?: DistributionSpec;
  readonly errors?: ErrorShares;
  readonly down?: boolean;
  readonly hang?: boolean;
  readonly pause?: boolean;
  /** Share of requests whose connection is closed with RST in place of service. */
  readonly reset?: number;
  readonly latency?: DistributionSpec;
  readonly addLatency?: DistributionSpec;
  readonly loss?: number;
  readonly cut?: boolean;
  readonly oneway?: boolean;
  /** On resources of a proxy, by the name of their monitor; 0 to 1. */
  readonly pressure?: ReadonlyMap<string, number>;
}

/** What an operator posts to the admin interface of proxies, at an instant. */
export interface ChangeSpec {
  /** Given, or made from what the change does. */
  readonly name: string;
  readonly at: Nanoseconds;
  readonly proxies: readonly string[];
  /** Of the replicas of each proxy, rounded up: the first so many. */
  readonly share: number;
  /** By which each replica gets it later; absent: all at once. */
  readonly delay?: DistributionSpec;
  readonly admin: AdminSpec;
}

export interface AdminSpec {
  /** As written, with its query. */
  readonly path: string;
  readonly request:
    | { readonly kind: "healthcheck"; readonly fails: boolean }
    | {
        readonly kind: "drain_listeners";
        readonly graceful: boolean;
        readonly inboundOnly: boolean;
        readonly skipExit: boolean;
      };
}
