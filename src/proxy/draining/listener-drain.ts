import { type Nanoseconds, SECOND } from "../../kernel/time.ts";
import type { Random64 } from "../../random/random64.ts";
import { closesOnDrain, type DrainType, proactiveDrainDelay } from "./drain-close.ts";
import type { DrainManager } from "./drain-manager.ts";

/** What the connections of one listener ask about its draining. */
export class ListenerDrain {
  readonly isInbound: boolean;
  private readonly type: DrainType;
  private readonly manager: DrainManager;
  /** When its drain sequence has begun; null: it has not. */
  private startedAt: Nanoseconds | null = null;

  constructor(manager: DrainManager, type: DrainType, isInbound: boolean) {
    this.manager = manager;
    this.type = type;
    this.isInbound = isInbound;
  }

  /** Its drain sequence begins; false: it has begun before, and that one counts. */
  begin(now: Nanoseconds): boolean {
    if (this.isDraining) return false;
    this.startedAt = now;
    return true;
  }

  forget(): void {
    this.startedAt = null;
  }

  get isDraining(): boolean {
    return this.startedAt !== null;
  }

  /** Whether a connection is closed with what is being sent on it; `part` of the drain time later all are. */
  closes(part: number, random: Random64): boolean {
    const { manager, type, startedAt } = this;
    const { hasFailedHealthCheck, options, simulator } = manager;
    if (startedAt === null && !hasFailedHealthCheck) return false;
    const sequence =
      startedAt === null
        ? null
        : {
            strategy: options.strategy,
            elapsed: Math.trunc((simulator.now - startedAt) / SECOND),
            ramp: Math.ceil((options.time / SECOND) * part),
          };
    return closesOnDrain({ type, hasFailedHealthCheck, sequence }, random);
  }

  /** After how long a connection ends by itself that hears now that it is being drained; 0: it does not. */
  proactiveDelay(grace: Nanoseconds, random: Random64): Nanoseconds {
    const { options, simulator } = this.manager;
    return proactiveDrainDelay(options.time, simulator.now - this.startedAt!, grace, random);
  }
}
