/** Bins of values with the same number of digits: their first two are 10 to 99. */
const BINS_OF_LENGTH = 90;
/** Widths of the bins of values with one, two, ... digits; the last holds the longest virtual time. */
const WIDTHS = [0.1, 1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11];

/**
 * Latencies in bins of two significant decimal digits, and quantiles interpolated within a bin, as in the
 * log-linear histogram that Envoy uses (circllhist, `hist_approx_quantile`).
 */
export class LatencyHistogram {
  count = 0;
  private zeros = 0;
  private readonly bins = new Uint32Array(WIDTHS.length * BINS_OF_LENGTH);

  /** A whole number of microseconds. */
  insert(microseconds: number): void {
    this.count++;
    if (microseconds === 0) this.zeros++;
    else this.bins[binOf(microseconds)]!++;
  }

  clear(): void {
    this.count = 0;
    this.zeros = 0;
    this.bins.fill(0);
  }

  /** Quantile q, 0 to 1, of at least one value. */
  quantile(q: number): number {
    const target = this.count * q;
    let below = this.zeros;
    if (below > 0 && below >= target) return 0;
    let last = 0;
    for (let bin = 0; below < this.count; bin++) {
      const count = this.bins[bin]!;
      if (count === 0) continue;
      const width = WIDTHS[Math.floor(bin / BINS_OF_LENGTH)]!;
      const left = (10 + (bin % BINS_OF_LENGTH)) * width;
      if (below + count >= target) return left + ((target - below) / count) * width;
      below += count;
      last = left + width;
    }
    return last;
  }
}

function binOf(value: number): number {
  let length = 0;
  while (value >= 100 * WIDTHS[length]!) length++;
  return length * BINS_OF_LENGTH + Math.floor(value / WIDTHS[length]!) - 10;
}
