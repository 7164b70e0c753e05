import { type Nanoseconds, SECOND } from "../../../kernel/time.ts";

interface Sample {
  readonly since: Nanoseconds;
  requests: number;
  successes: number;
}

/**
 * Requests and successes of the last seconds on one worker (Envoy 1.40,
 * source/extensions/filters/http/admission_control/thread_local_controller.cc). A sample covers a second from the
 * first time that it was needed.
 */
export class RequestHistory {
  private readonly window: Nanoseconds;
  private readonly samples: Sample[] = [];
  private newest: Sample | null = null;
  /** When the next sample begins or the oldest is over. */
  private nextUpdate: Nanoseconds = Number.NEGATIVE_INFINITY;
  private requests = 0;
  private successes = 0;

  /** `window`: whole seconds. */
  constructor(window: Nanoseconds) {
    this.window = window;
  }

  counts(now: Nanoseconds): { readonly requests: number; readonly successes: number } {
    this.update(now);
    return { requests: this.requests, successes: this.successes };
  }

  /** Requests a second over the whole window, also when the history is shorter; old samples still count here. */
  averageRps(now: Nanoseconds): number {
    if (this.samples.length === 0 || this.requests === 0) return 0;
    const age = Math.floor((now - this.samples[0]!.since) / SECOND);
    return Math.floor(this.requests / Math.max(this.window / SECOND, age));
  }

  record(isSuccess: boolean, now: Nanoseconds): void {
    this.update(now);
    const newest = this.newest!;
    newest.requests++;
    this.requests++;
    if (!isSuccess) return;
    newest.successes++;
    this.successes++;
  }

  private update(now: Nanoseconds): void {
    if (now < this.nextUpdate) return;
    const { samples } = this;
    while (samples.length > 0 && now - samples[0]!.since >= this.window) {
      const oldest = samples.shift()!;
      this.requests -= oldest.requests;
      this.successes -= oldest.successes;
    }
    if (samples.length === 0 || now - this.newest!.since >= SECOND)
      samples.push((this.newest = { since: now, requests: 0, successes: 0 }));
    this.nextUpdate = Math.min(samples[0]!.since + this.window, this.newest!.since + SECOND);
  }
}
