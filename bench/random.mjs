/**
 * The bench's own generator (sfc32 by Chris Doty-Humphrey, PractRand: 128 bits of state, a counter among
 * them), with uniforms of 53 bits. The project's generators are not measured here, and the platform's
 * logarithm may be used: nothing has to be reproducible on another engine.
 */
export class Random {
  constructor(seed) {
    this.a = 0;
    this.b = 0;
    this.c = seed | 0;
    this.counter = 1;
    this.spareNormal = 0;
    this.hasSpareNormal = false;
    for (let i = 0; i < 16; i++) this.uint32();
  }

  /** 32 random bits, as a signed number. */
  uint32() {
    const result = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + result) | 0;
    return result;
  }

  /** Uniform in [0, 1). */
  uniform() {
    return ((this.uint32() >>> 5) * 2 ** 26 + (this.uint32() >>> 6)) * 2 ** -53;
  }

  /** Uniform whole number in [0, n). */
  below(n) {
    return Math.trunc((this.uint32() >>> 0) * 2 ** -32 * n);
  }

  exponential(mean) {
    return -mean * Math.log(1 - this.uniform());
  }

  /** Standard normal by Marsaglia's polar method: two for each point that falls into the unit disc. */
  normal() {
    if (this.hasSpareNormal) {
      this.hasSpareNormal = false;
      return this.spareNormal;
    }
    let x;
    let y;
    let square;
    do {
      x = 2 * this.uniform() - 1;
      y = 2 * this.uniform() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square === 0);
    const scale = Math.sqrt((-2 * Math.log(square)) / square);
    this.spareNormal = y * scale;
    this.hasSpareNormal = true;
    return x * scale;
  }
}
