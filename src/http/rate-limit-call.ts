/** A key and a value by which a request is counted. */
export interface DescriptorEntry {
  readonly key: string;
  readonly value: string;
}

/** Keys and values, in order, by which a request is counted. */
export type Descriptor = readonly DescriptorEntry[];

/** What a proxy asks a rate-limit service (`envoy.service.ratelimit.v3.RateLimitRequest`). */
export interface RateLimitRequest {
  readonly domain: string;
  readonly descriptors: readonly Descriptor[];
}

/** What the service says of one descriptor. */
export interface DescriptorStatus {
  readonly isOver: boolean;
  /** Undefined: nothing limits it. */
  readonly limit: { readonly requestsPerUnit: number; readonly windowSeconds: number } | undefined;
  readonly remaining: number;
  /** Whole seconds until the window ends. */
  readonly resetSeconds: number;
}

/** `envoy.service.ratelimit.v3.RateLimitResponse`. */
export interface RateLimitResponse {
  readonly isOver: boolean;
  /** In the order of the descriptors. */
  readonly statuses: readonly DescriptorStatus[];
}
