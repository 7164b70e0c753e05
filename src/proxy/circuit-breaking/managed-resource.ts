import { Gauge } from "../../telemetry/stats.ts";
import type { Limit } from "../cluster/breakers.ts";
import type { StartedRequests } from "./started-requests.ts";

/**
 * A limited number of things of one kind: connections, pending requests, requests or retries. The limit is
 * asked, not enforced: a pool without any connection may open one beyond it.
 * (Envoy 1.40, ManagedResourceImpl in source/common/upstream/resource_manager_impl.h.)
 */
export class ManagedResource implements Limit {
  readonly max: number;
  current = 0;
  readonly #open: Gauge;
  readonly #remaining: Gauge;

  /**
   * `open` is 1 while `current` is at or above `max`, as of the last change; `remaining` shows what is left,
   * where that is wanted.
   */
  constructor(max: number, open: Gauge, remaining: Gauge = new Gauge()) {
    this.max = max;
    this.#open = open;
    this.#remaining = remaining;
    remaining.value = max;
  }

  canCreate(): boolean {
    return this.current < this.max;
  }

  increment(): void {
    if (++this.current >= this.max) this.#open.value = 1;
    this.#remaining.value = Math.max(0, this.max - this.current);
  }

  decrement(): void {
    if (--this.current < this.max) this.#open.value = 0;
    this.#remaining.value = Math.max(0, this.max - this.current);
  }
}

/** The limit of requests where a retry budget looks at how many were started lately. */
export class CountedRequests extends ManagedResource {
  readonly #started: StartedRequests;

  constructor(max: number, open: Gauge, remaining: Gauge, started: StartedRequests) {
    super(max, open, remaining);
    this.#started = started;
  }

  override increment(): void {
    super.increment();
    this.#started.add();
  }
}
