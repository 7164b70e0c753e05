import type { Random64 } from "../random/random64.ts";
import type { StreamId } from "./routing/route-match.ts";

/** The random number of the request that a worker routes just now; drawn when it is first asked for. */
export class LazyStreamId implements StreamId {
  private readonly random: Random64;
  private isDrawn = false;

  constructor(random: Random64) {
    this.random = random;
  }

  /** The next request comes. */
  renew(): this {
    this.isDrawn = false;
    return this;
  }

  mod(n: number, decides?: string): number {
    if (!this.isDrawn) {
      this.random.draw("stream id");
      this.isDrawn = true;
    }
    return this.random.mod(n, decides);
  }
}
