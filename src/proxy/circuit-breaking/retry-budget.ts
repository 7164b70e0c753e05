import type { Gauge } from "../../telemetry/stats.ts";
import type { RetryBudgetOptions } from "./circuit-breaker-options.ts";
import { ManagedResource } from "./managed-resource.ts";
import type { StartedRequests } from "./started-requests.ts";

/**
 * A limit on concurrent retries that grows with the load: a share of the requests that are active or pending
 * at this moment, or that were started lately. Its gauge goes on comparing with `max_retries`, which decides nothing here, as in Envoy.
 * (Envoy 1.40, RetryBudgetImpl in source/common/upstream/resource_manager_impl.h.)
 */
export class RetryBudget extends ManagedResource {
  readonly #options: RetryBudgetOptions;
  readonly #requests: ManagedResource;
  readonly #pendingRequests: ManagedResource;
  readonly #started: StartedRequests | null;

  /** `started`: null where the present requests count. */
  constructor(
    options: RetryBudgetOptions,
    requests: ManagedResource,
    pendingRequests: ManagedResource,
    started: StartedRequests | null,
    maxRetries: number,
    open: Gauge,
  ) {
    super(maxRetries, open);
    this.#options = options;
    this.#requests = requests;
    this.#pendingRequests = pendingRequests;
    this.#started = started;
  }

  /** How many retries may be active now. */
  get limit(): number {
    return this.limitWith(0);
  }

  override canCreate(uncounted = 0): boolean {
    return this.current < this.limitWith(uncounted);
  }

  private limitWith(uncounted: number): number {
    const { budgetPercent, minRetryConcurrency } = this.#options;
    const base = this.#started?.count ?? this.#requests.current + this.#pendingRequests.current + uncounted;
    return Math.max(Math.trunc((budgetPercent / 100) * base), minRetryConcurrency);
  }
}
