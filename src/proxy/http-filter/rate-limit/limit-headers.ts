import type { DescriptorStatus } from "../../../http/rate-limit-call.ts";

/**
 * `x-ratelimit-*` of the descriptor with the least left (Envoy 1.40,
 * source/extensions/filters/http/ratelimit/ratelimit_headers.cc); nothing where nothing is limited.
 */
export function limitHeaders(statuses: readonly DescriptorStatus[]): [name: string, value: string][] {
  const limited = statuses.flatMap(({ limit, remaining, resetSeconds }) =>
    limit === undefined ? [] : [{ limit, remaining, resetSeconds }],
  );
  const [first, ...others] = limited;
  if (first === undefined) return [];
  const least = others.reduce((found, each) => (each.remaining < found.remaining ? each : found), first);
  const policy = limited.map(({ limit }) => `, ${limit.requestsPerUnit};w=${limit.windowSeconds}`);
  return [
    ["x-ratelimit-limit", least.limit.requestsPerUnit + policy.join("")],
    ["x-ratelimit-remaining", String(least.remaining)],
    ["x-ratelimit-reset", String(least.resetSeconds)],
  ];
}
