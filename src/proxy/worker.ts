import type { Random64 } from "../random/random64.ts";
import type { StreamId } from "./routing/route-match.ts";
import { LazyStreamId } from "./stream-id.ts";
import type { TimerClock } from "./timer-clock.ts";
import type { HandshakeQueue } from "./tls/handshake-queue.ts";
import type { WorkerCluster } from "./worker-cluster.ts";

/** A worker thread of a proxy process: its own draws, balancers and connection pools. */
export class Worker {
  readonly index: number;
  readonly random: Random64;
  readonly clusters = new Map<string, WorkerCluster>();
  readonly handshakes: HandshakeQueue;
  readonly timerClock: TimerClock;
  private readonly streamId: LazyStreamId;

  /** `streamIds` are draws of their own, so that routing does not shift those of balancers. */
  constructor(
    index: number,
    random: Random64,
    streamIds: Random64,
    handshakes: HandshakeQueue,
    timerClock: TimerClock,
  ) {
    this.index = index;
    this.random = random;
    this.handshakes = handshakes;
    this.timerClock = timerClock;
    this.streamId = new LazyStreamId(streamIds);
  }

  /** Undefined: there is no cluster of this name. */
  cluster(name: string): WorkerCluster | undefined {
    return this.clusters.get(name);
  }

  newStreamId(): StreamId {
    return this.streamId.renew();
  }
}
