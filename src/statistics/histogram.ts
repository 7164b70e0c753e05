import { quantileRank } from "./rank.ts";

/** Sub-buckets an octave: 2^10, so that a bucket is at most 0.1% wide. */
const FINE = 10;
/** Octave 0 holds the value 0, octave k the values from 2^(k-1) up to 2^k. */
const OCTAVES = 54;
const EXPONENT_BIAS = 1022;
/** A carry of the sum, 2^52: adding a value up to it to a rest below it is exact. */
const CARRY = 0x10000000000000;

const bits = new Float64Array(1);
const words = new Uint32Array(bits.buffer);
const HIGH_WORD = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/**
 * Counts whole numbers from 0 to 2^53 - 1, such as nanoseconds, in buckets that split each octave evenly. The
 * bucket is read off the exponent and the leading bits of the double. Memory: 8 KiB for each octave in use, or
 * less with fewer sub-buckets. The order of the values leaves no trace.
 */
export class Histogram {
  readonly #subBucketBits: number;
  readonly #octaves: (Float64Array | undefined)[] = new Array(OCTAVES).fill(undefined);
  #count = 0;
  #carries = 0;
  #rest = 0;
  #min = Infinity;
  #max = -Infinity;

  /** Quantiles are at most 2^-subBucketBits high (1 to 20 bits); the default keeps them within 0.1%. */
  constructor(subBucketBits = FINE) {
    if (!Number.isInteger(subBucketBits) || subBucketBits < 1 || subBucketBits > 20) {
      throw new RangeError(`sub-bucket bits must be a whole number from 1 to 20, not ${subBucketBits}`);
    }
    this.#subBucketBits = subBucketBits;
  }

  /** Throws a RangeError for what is not from 0 to 2^53 - 1; that the value is whole is the caller's care. */
  record(value: number): void {
    bits[0] = value;
    const high = words[HIGH_WORD]!;
    const octave = value === 0 ? 0 : (high >>> 20) - EXPONENT_BIAS;
    // A sign bit, NaN or infinity makes the octave large; as unsigned, so does a tiny fraction.
    if (octave >>> 0 >= OCTAVES) throw new RangeError(`${value} is not a whole number from 0 to 2^53 - 1`);
    const counts = this.#octaves[octave] ?? this.#open(octave);
    counts[(high & 0xfffff) >>> (20 - this.#subBucketBits)]!++;
    this.#count++;
    if ((this.#rest += value) >= CARRY) this.#carry();
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  get count(): number {
    return this.#count;
  }

  /** Exact up to 2^53, then to the nearest double; the exact sum is kept beneath. */
  get sum(): number {
    return this.#carries * CARRY + this.#rest;
  }

  /** To the last few bits, however many values; NaN when there are none. */
  get mean(): number {
    return this.sum / this.#count;
  }

  /** Exact; NaN when there are no values. */
  get min(): number {
    return this.#count === 0 ? NaN : this.#min;
  }

  /** Exact; NaN when there are no values. */
  get max(): number {
    return this.#count === 0 ? NaN : this.#max;
  }

  /**
   * The smallest value that at least ⌈q·count⌉ values do not exceed (0 <= q <= 1): never low, high by less than a
   * bucket, never above the maximum. NaN when there are no values.
   */
  quantile(q: number): number {
    let missing = quantileRank(q, this.#count);
    for (let octave = 0; octave < OCTAVES; octave++) {
      const counts = this.#octaves[octave];
      if (counts === undefined) continue;
      for (let bucket = 0; bucket < counts.length; bucket++) {
        missing -= counts[bucket]!;
        if (missing <= 0) return Math.min(this.#last(octave, bucket), this.#max);
      }
    }
    return NaN;
  }

  /** Adds all values of another histogram of the same resolution; throws a RangeError for another resolution. */
  merge(other: Histogram): void {
    if (other.#subBucketBits !== this.#subBucketBits) throw new RangeError("histograms differ in resolution");
    other.#octaves.forEach((from, octave) => {
      if (from === undefined) return;
      const counts = this.#octaves[octave] ?? this.#open(octave);
      for (let bucket = 0; bucket < from.length; bucket++) counts[bucket]! += from[bucket]!;
    });
    this.#count += other.#count;
    this.#carries += other.#carries;
    if ((this.#rest += other.#rest) >= CARRY) this.#carry();
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
  }

  #open(octave: number): Float64Array {
    return (this.#octaves[octave] = new Float64Array(1 << this.#subBucketBits));
  }

  #carry(): void {
    while (this.#rest >= CARRY) {
      this.#rest -= CARRY;
      this.#carries++;
    }
  }

  /** The greatest whole number in a bucket: just below where the next one starts. */
  #last(octave: number, bucket: number): number {
    if (octave === 0) return 0;
    words[1 - HIGH_WORD] = 0;
    words[HIGH_WORD] = ((octave + EXPONENT_BIAS) << 20) + ((bucket + 1) << (20 - this.#subBucketBits));
    return Math.ceil(bits[0]!) - 1;
  }
}
