import { AleaStream } from "./alea-stream.ts";
import type { RandomStream } from "./random-stream.ts";

/**
 * All the chance of one run: a stream for every (seed, purpose, name). What one stream gives does not depend
 * on which others exist or how much was drawn from them.
 */
export class Streams {
  readonly seed: string;

  /** Throws a RangeError for an empty seed. */
  constructor(seed: string) {
    if (seed === "") throw new RangeError("the seed must not be empty");
    this.seed = seed;
  }

  /**
   * The stream for `purpose`, such as "arrivals", of the thing called `name`, which may be empty. Each call
   * starts that stream anew, so whoever draws must keep it. Throws a RangeError for an empty purpose.
   */
  stream(purpose: string, name: string): RandomStream {
    if (purpose === "") throw new RangeError("a random stream needs a purpose");
    // JSON quotes the parts, so that ("ab", "c") and ("a", "bc") differ.
    return new AleaStream(JSON.stringify([this.seed, purpose, name]));
  }
}
