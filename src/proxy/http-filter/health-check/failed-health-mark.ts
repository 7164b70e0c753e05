import type { FilteredResponse, FilterProcess, FilterStatus, StreamFilter } from "../http-filter.ts";

/**
 * Tells whoever gets any answer, also one to no health check, that this process is not to be sent anything further while
 * its operator makes it fail health checks. It keeps nothing of requests: one serves all of a process.
 */
export class FailedHealthMark implements StreamFilter {
  private readonly health: NonNullable<FilterProcess["ownHealth"]>;

  constructor(health: NonNullable<FilterProcess["ownHealth"]>) {
    this.health = health;
  }

  encode(response: FilteredResponse): FilterStatus {
    if (this.health.hasFailedHealthCheck) announceFailure(response);
    return "continue";
  }
}

export function announceFailure(response: FilteredResponse): void {
  response.headers = new Map([...response.headers, ["x-envoy-immediate-health-check-fail", "true"]]);
}
