import type { Handle } from "../kernel/simulator.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import type { Stream } from "../network/stream.ts";
import type { Instance } from "./instance.ts";

/** One request at a host: waiting or in service. */
export class Job {
  readonly instance: Instance;
  readonly stream: Stream;
  readonly arrivedAt: Nanoseconds;
  /** Work left, in nanoseconds at full speed, as of `updatedAt`. */
  remaining = 0;
  updatedAt: Nanoseconds = 0;
  /** The end of service; 0 while it waits or stands still. */
  completion: Handle = 0;
  /** Position among the jobs in service; -1 while it waits. */
  indexInService = -1;
  /** The answer that it will get. */
  status = 200;
  /** Its sender has gone: nobody waits for the answer. */
  isAbandoned = false;

  constructor(instance: Instance, stream: Stream, now: Nanoseconds) {
    this.instance = instance;
    this.stream = stream;
    this.arrivedAt = now;
  }
}
