import type { Json, Message } from "../../decode/message.ts";
import type { RequestHead } from "../../http/request-head.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import type { FilterLevels, RouteRateLimits } from "../cluster/route-levels.ts";
import type { ClusterRotation } from "./cluster-rotation.ts";
import type { InternalRedirectPolicy } from "./internal-redirect-policy.ts";
import type { MirrorPolicy } from "./mirror-policy.ts";

/**
 * Envoy's one random unsigned 64-bit number of a request, reduced by modulo: it decides runtime fractions and
 * weighted clusters alike, so these are not independent. Whoever owns the request draws it when first asked.
 */
export interface StreamId {
  /** The number modulo n (1 <= n <= 2^32). */
  mod(n: number, decides?: string): number;
}

export type RoutingPriority = "default" | "high";

/** `route.v3.RouteAction.MaxStreamDuration`. */
export interface MaxStreamDuration {
  /** 0: none; undefined: that of the connection manager. */
  readonly max: Nanoseconds | undefined;
  /** Largest `grpc-timeout` that counts, 0: any; undefined: the header does not count. */
  readonly grpcMax: Nanoseconds | undefined;
  /** Taken off the `grpc-timeout`. */
  readonly grpcOffset: Nanoseconds;
}

/** A route that sends requests upstream, compiled from `route.v3.Route`. */
export interface RouteEntry {
  /** Empty when the configuration gives none. */
  readonly name: string;
  readonly virtualHost: string;
  /** From the whole request having been received to the whole response; 0: none. Default 15 s. */
  readonly timeout: Nanoseconds;
  /** Limit of silence either way, 0: none; undefined: that of the connection manager. */
  readonly idleTimeout: Nanoseconds | undefined;
  /** Limits of a whole exchange; undefined: those of the connection manager. */
  readonly maxStreamDuration: MaxStreamDuration | undefined;
  /** Old fields, that take the time limit of gRPC requests from their `grpc-timeout`. */
  readonly maxGrpcTimeout: Nanoseconds | undefined;
  readonly grpcTimeoutOffset: Nanoseconds;
  /** Whether requests and responses carry `x-envoy-attempt-count`. */
  readonly countsAttemptsInRequest: boolean;
  readonly countsAttemptsInResponse: boolean;
  /** Whether retries carry `x-envoy-is-timeout-retry`. */
  readonly tellsTimeoutRetry: boolean;
  /** The route's retry policy, otherwise its virtual host's. */
  readonly retryPolicy: Message | undefined;
  /** Whether an attempt whose time limit is over goes on beside the next one. */
  readonly hedgesOnPerTryTimeout: boolean;
  /** Those of the route, otherwise of its virtual host, otherwise of the route configuration. */
  readonly mirrors: readonly MirrorPolicy[];
  /** Undefined: redirects are passed on. */
  readonly internalRedirects: InternalRedirectPolicy | undefined;
  readonly priority: RoutingPriority;
  /** By what its requests are counted against rate limits. */
  readonly rateLimits: RouteRateLimits;
  /** What requests are hashed by; empty: nothing. */
  readonly hashPolicies: readonly Message[];
  /** Status of the answer when the cluster does not exist: 503 unless configured. */
  readonly clusterNotFoundStatus: number;
  /**
   * The request as it goes upstream: the same head when nothing changes, otherwise the same changed head for
   * the same head.
   */
  rewrite(head: RequestHead): RequestHead;
}

/** Metadata that hosts should have, in the order of the keys. */
export type MetadataMatch = readonly (readonly [key: string, value: Json])[];

/** What the route table decides about one request. */
export type RouteMatch =
  | {
      readonly kind: "route";
      readonly route: RouteEntry;
      readonly cluster: string;
      /** Null: hosts need none. */
      readonly metadataMatch: MetadataMatch | null;
      readonly filterLevels: FilterLevels;
      /** Where retries go; null: to the same cluster. */
      readonly rotation: ClusterRotation | null;
    }
  | {
      /** A direct response or a redirect. */
      readonly kind: "direct";
      readonly routeName: string;
      readonly virtualHost: string;
      readonly status: number;
      readonly body: string;
      /** Value of the `location` header. */
      readonly location?: string;
      readonly filterLevels: FilterLevels;
    }
  | {
      readonly kind: "none";
      /** The virtual host without a fitting route; null when there is no virtual host for the request. */
      readonly virtualHost: string | null;
    };
