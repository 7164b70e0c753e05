import type { ServiceResult } from "../simulation/result.ts";

/** Requests of the busiest host over the mean of all: 1 is equal; null without requests. */
export function spread({ hosts, requests }: ServiceResult): number | null {
  if (requests === 0 || hosts.length === 0) return null;
  return (Math.max(...hosts.map((host) => host.requests)) * hosts.length) / requests;
}
