import type { Nanoseconds } from "../../kernel/time.ts";
import type { Locality } from "./locality.ts";

/** Reasons against a host, as bits; names and meaning as in Envoy 1.40 (envoy/upstream/upstream.h). */
export const HealthFlag = {
  failedActiveHealthCheck: 0x1,
  failedOutlierCheck: 0x2,
  failedEdsHealth: 0x4,
  degradedActiveHealthCheck: 0x8,
  degradedEdsHealth: 0x10,
  pendingDynamicRemoval: 0x20,
  pendingActiveHealthCheck: 0x40,
  excludedViaImmediateHealthCheckFail: 0x80,
  activeHealthCheckTimeout: 0x100,
  edsStatusDraining: 0x200,
  degradedOutlierDetection: 0x400,
} as const;

const UNHEALTHY =
  HealthFlag.failedActiveHealthCheck |
  HealthFlag.failedOutlierCheck |
  HealthFlag.failedEdsHealth |
  HealthFlag.edsStatusDraining;
const DEGRADED =
  HealthFlag.degradedActiveHealthCheck | HealthFlag.degradedEdsHealth | HealthFlag.degradedOutlierDetection;
const EXCLUDED =
  HealthFlag.pendingActiveHealthCheck |
  HealthFlag.excludedViaImmediateHealthCheckFail |
  HealthFlag.edsStatusDraining;

/** Envoy's coarse health of a host. */
export type CoarseHealth = "healthy" | "degraded" | "unhealthy";

/** What a cluster's configuration or discovery says of an endpoint. */
export interface Endpoint {
  /** `ip:port`; also the host's name in every output. */
  readonly address: string;
  readonly hostname: string;
  /** At least 1. */
  readonly weight: number;
  readonly priority: number;
  readonly locality: Locality;
  /** Metadata under `envoy.lb`. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Bits of HealthFlag that discovery sets. */
  readonly healthFlags: number;
  /** The endpoint of the configuration whose name was answered with this address; absent where none was looked up. */
  readonly answerTo?: Endpoint;
  /** How its active health checks differ from the cluster's. */
  readonly healthCheck?: EndpointHealthCheck;
}

/** `endpoint.v3.Endpoint.HealthCheckConfig`. */
export interface EndpointHealthCheck {
  /** Takes the place of the configured authority; empty: does not. */
  readonly hostname: string;
  /** `ip:port` that is checked in place of the endpoint's address. */
  readonly address: string;
  readonly isDisabled: boolean;
}

/** A member of a cluster, as one proxy process sees it: shared by all its workers. */
export class Host {
  readonly endpoint: Endpoint;
  readonly address: string;
  /** Its metadata says so. */
  readonly isCanary: boolean;
  weight: number;
  healthFlags: number;
  /** Connections of all workers: being set up, open or draining. */
  activeConnections = 0;
  /** Streams attached to a connection (Envoy: rq_active). */
  activeRequests = 0;
  /** When an active health check last passed after failures, or since when the host is known to be usable; for slow start. */
  lastHealthCheckPass: Nanoseconds | null = null;

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint;
    this.address = endpoint.address;
    this.isCanary = endpoint.metadata.canary === true;
    this.weight = endpoint.weight;
    this.healthFlags = endpoint.healthFlags;
  }

  get coarseHealth(): CoarseHealth {
    if (this.healthFlags & UNHEALTHY) return "unhealthy";
    return this.healthFlags & DEGRADED ? "degraded" : "healthy";
  }

  /** Left out of the denominators of priority health and panic. */
  get isExcluded(): boolean {
    return (this.healthFlags & EXCLUDED) !== 0;
  }
}
