/** Conditions under which Envoy retries; values as in Envoy 1.40, envoy/router/router.h (RetryPolicy). */
export const RetryOn = {
  fiveXx: 0x1,
  gatewayError: 0x2,
  connectFailure: 0x4,
  retriable4xx: 0x8,
  refusedStream: 0x10,
  grpcCancelled: 0x20,
  grpcDeadlineExceeded: 0x40,
  grpcResourceExhausted: 0x80,
  grpcUnavailable: 0x100,
  grpcInternal: 0x200,
  retriableStatusCodes: 0x400,
  reset: 0x800,
  retriableHeaders: 0x1000,
  envoyRateLimited: 0x2000,
  http3PostConnectFailure: 0x4000,
  resetBeforeRequest: 0x8000,
} as const;

const TOKENS: ReadonlyMap<string, number> = new Map([
  ["5xx", RetryOn.fiveXx],
  ["gateway-error", RetryOn.gatewayError],
  ["connect-failure", RetryOn.connectFailure],
  ["retriable-4xx", RetryOn.retriable4xx],
  ["refused-stream", RetryOn.refusedStream],
  ["retriable-status-codes", RetryOn.retriableStatusCodes],
  ["reset", RetryOn.reset],
  ["retriable-headers", RetryOn.retriableHeaders],
  ["envoy-ratelimited", RetryOn.envoyRateLimited],
  ["http3-post-connect-failure", RetryOn.http3PostConnectFailure],
  ["reset-before-request", RetryOn.resetBeforeRequest],
]);

const GRPC_TOKENS: ReadonlyMap<string, number> = new Map([
  ["cancelled", RetryOn.grpcCancelled],
  ["deadline-exceeded", RetryOn.grpcDeadlineExceeded],
  ["resource-exhausted", RetryOn.grpcResourceExhausted],
  ["unavailable", RetryOn.grpcUnavailable],
  ["internal", RetryOn.grpcInternal],
]);

export interface ParsedRetryOn {
  /** Bits of RetryOn; unknown tokens add none. */
  readonly bits: number;
  /** Whether every token is known. */
  readonly valid: boolean;
}

/** Reads a list such as `5xx,connect-failure`: the header `x-envoy-retry-on`, or half of what `retry_on` allows. */
export function parseRetryOn(list: string): ParsedRetryOn {
  return parse(list, TOKENS);
}

/** Reads the header `x-envoy-retry-grpc-on`, or the other half of what `retry_on` allows. */
export function parseRetryGrpcOn(list: string): ParsedRetryOn {
  return parse(list, GRPC_TOKENS);
}

function parse(list: string, table: ReadonlyMap<string, number>): ParsedRetryOn {
  let bits = 0;
  let valid = true;
  for (const token of list.split(",")) {
    if (token === "") continue;
    const bit = table.get(token.trim());
    if (bit === undefined) valid = false;
    else bits |= bit;
  }
  return { bits, valid };
}

/** The names of these conditions, as configurations list them; those of gRPC last. */
export function namesOfRetryOn(bits: number): string[] {
  return [...TOKENS, ...GRPC_TOKENS].filter(([, bit]) => (bits & bit) !== 0).map(([name]) => name);
}
