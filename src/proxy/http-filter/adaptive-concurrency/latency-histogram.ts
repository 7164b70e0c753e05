/**
 * Latencies in bins of two significant decimal digits, and quantiles interpolated within a bin, as in the
 * log-linear histogram that Envoy uses (circllhist, `hist_approx_quantile`).
 */
export class LatencyHistogram {
  private readonly bins = new Map<number, Bin>();
  count = 0;

  /** A whole number of microseconds. */
  insert(microseconds: number): void {
    const bin = binOf(microseconds);
    const known = this.bins.get(bin.left);
    if (known === undefined) this.bins.set(bin.left, bin);
    else known.count++;
    this.count++;
  }

  clear(): void {
    this.bins.clear();
    this.count = 0;
  }

  /** Quantile q, 0 to 1, of at least one value. */
  quantile(q: number): number {
    const target = this.count * q;
    let below = 0;
    let last = 0;
    for (const { left, width, count } of [...this.bins.values()].sort((a, b) => a.left - b.left)) {
      if (below + count >= target) return left + ((target - below) / count) * width;
      below += count;
      last = left + width;
    }
    return last;
  }
}

interface Bin {
  readonly left: number;
  readonly width: number;
  count: number;
}

function binOf(value: number): Bin {
  if (value === 0) return { left: 0, width: 0, count: 1 };
  let width = 0.1;
  while (value >= 100 * width) width *= 10;
  const unit = width < 1 ? 0.1 : Math.round(width);
  return { left: Math.floor(value / unit) * unit, width: unit, count: 1 };
}
