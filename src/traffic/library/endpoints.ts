import type { Nanoseconds } from "../../kernel/time.ts";
import type { DrawBelow } from "./back-off.ts";
import { FailureAccrual, type FailureAccrualSettings } from "./failure-accrual.ts";

/** Finagle picks so often before it takes an endpoint that is not open. */
const MAX_EFFORT = 4;

interface Endpoint {
  readonly accrual: FailureAccrual;
  /** Requests that have gone there and have not ended. */
  load: number;
}

/**
 * A Finagle client's endpoints: power of two choices among them, by status and then by requests under way, and
 * failure accrual for each.
 */
export class Endpoints {
  private readonly endpoints: readonly Endpoint[];
  private readonly drawBelow: DrawBelow;

  constructor(count: number, settings: FailureAccrualSettings, drawBelow: DrawBelow, now: Nanoseconds) {
    this.drawBelow = drawBelow;
    this.endpoints = Array.from({ length: count }, () => ({
      accrual: new FailureAccrual(settings, drawBelow, now),
      load: 0,
    }));
  }

  /** The index of the endpoint for a request that begins now; if none seems alive, any. */
  begin(now: Nanoseconds): number {
    let index = this.pick(now);
    for (let effort = 1; effort <= MAX_EFFORT && !this.isOpen(index, now); effort++) index = this.pick(now);
    const endpoint = this.endpoints[index]!;
    endpoint.load++;
    endpoint.accrual.begun(now);
    return index;
  }

  ended(index: number, isFailure: boolean, now: Nanoseconds): void {
    const endpoint = this.endpoints[index]!;
    endpoint.load--;
    if (isFailure) endpoint.accrual.failed(now);
    else endpoint.accrual.succeeded(now);
  }

  /** The request was given up: that says nothing. */
  abandoned(index: number): void {
    const endpoint = this.endpoints[index]!;
    endpoint.load--;
    endpoint.accrual.ignored();
  }

  isOpen(index: number, now: Nanoseconds): boolean {
    return this.endpoints[index]!.accrual.isOpen(now);
  }

  private pick(now: Nanoseconds): number {
    const { endpoints, drawBelow } = this;
    if (endpoints.length === 1) return 0;
    const first = drawBelow(endpoints.length);
    let second = drawBelow(endpoints.length - 1);
    if (second >= first) second++;
    const isFirstOpen = this.isOpen(first, now);
    if (isFirstOpen !== this.isOpen(second, now)) return isFirstOpen ? first : second;
    return endpoints[second]!.load < endpoints[first]!.load ? second : first;
  }
}
