import { MILLISECOND, type Nanoseconds } from "../../kernel/time.ts";

const SLOTS = 10;

/**
 * How many requests were started lately, as Envoy counts them: with every tenth of the interval those of the slot
 * that ends are put aside, and those that were put aside nine tenths before do not count any more. So a request
 * counts for at most one interval, and a tenth less at worst (Envoy 1.40, RetryBudgetImpl::expireRequests in
 * source/common/upstream/resource_manager_impl.h). Envoy's timer is worked out from the time when it is asked.
 */
export class StartedRequests {
  private readonly clock: { readonly now: Nanoseconds };
  /** Length of a slot: a tenth of the interval in whole milliseconds. */
  private readonly slot: Nanoseconds;
  private slotEnd: Nanoseconds;
  private total = 0;
  /** By slot modulo their number; the present one included. */
  private readonly started = new Float64Array(SLOTS);
  private present = 0;

  constructor(interval: Nanoseconds, clock: { readonly now: Nanoseconds }) {
    this.clock = clock;
    this.slot = Math.max(1, Math.trunc(interval / MILLISECOND / SLOTS)) * MILLISECOND;
    this.slotEnd = clock.now + this.slot;
  }

  /** Of the present slot and the nine before it. */
  get count(): number {
    this.advance();
    return this.total;
  }

  add(): void {
    this.advance();
    this.started[this.present]!++;
    this.total++;
  }

  private advance(): void {
    const { now } = this.clock;
    if (now < this.slotEnd) return;
    const ended = Math.trunc((now - this.slotEnd) / this.slot) + 1;
    this.slotEnd += ended * this.slot;
    for (let i = 0; i < Math.min(ended, SLOTS); i++) {
      this.present = (this.present + 1) % SLOTS;
      this.total -= this.started[this.present]!;
      this.started[this.present] = 0;
    }
  }
}
