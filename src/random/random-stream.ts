/** A named, seeded source of chance. */
export interface RandomStream {
  /** Uniform in (0, 1), 53 bits; never 0 and never 1. */
  uniform(): number;
  /** Uniform whole number in [0, 2^32). */
  uint32(): number;
}
