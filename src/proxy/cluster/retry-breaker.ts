/** The limit on concurrent retries of one cluster and priority, as the retry decision sees it. */
export interface RetryBreaker {
  /**
   * Whether one more retry may begin now; `uncounted`: requests under way that Envoy counts at this moment in
   * addition to those that are counted here, or fewer if negative.
   */
  canCreate(uncounted?: number): boolean;
  /** A request takes a slot: it waits for its retry, or its retried attempt waits for an outcome. */
  increment(): void;
  /** The request gives its slot back. */
  decrement(): void;
}
