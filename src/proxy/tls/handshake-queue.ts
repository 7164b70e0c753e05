import type { Nanoseconds } from "../../kernel/time.ts";
import { wholeNanoseconds } from "../../kernel/time.ts";
import type { Distribution } from "../../random/distributions/distribution.ts";
import type { RandomStream } from "../../random/random-stream.ts";

/** The TLS handshakes of one worker: each takes its time there, one after the other. */
export class HandshakeQueue {
  private readonly clock: { readonly now: Nanoseconds };
  private readonly cost: Distribution;
  private readonly random: RandomStream;
  private freeAt: Nanoseconds = Number.NEGATIVE_INFINITY;

  constructor(clock: { readonly now: Nanoseconds }, cost: Distribution, random: RandomStream) {
    this.clock = clock;
    this.cost = cost;
    this.random = random;
  }

  /** Queues one that begins now; how long it takes from now, waiting included. */
  add(): Nanoseconds {
    const { now } = this.clock;
    const { constant } = this.cost;
    if (constant === 0) return 0;
    const cost = constant ?? this.cost.quantile(this.random.uniform());
    this.freeAt = Math.max(now, this.freeAt) + wholeNanoseconds(cost);
    return this.freeAt - now;
  }
}
