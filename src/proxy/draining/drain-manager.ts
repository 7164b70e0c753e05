import type { Handle, Simulator } from "../../kernel/simulator.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import type { Counter, Gauge, Stats } from "../../telemetry/stats.ts";
import type { DrainStrategy, DrainType } from "./drain-close.ts";
import { ListenerDrain } from "./listener-drain.ts";

/** Envoy's command line options about draining. */
export interface DrainOptions {
  /** `--drain-time-s`: whole seconds. */
  readonly time: Nanoseconds;
  readonly strategy: DrainStrategy;
}

/** What the admin interface is asked with `/drain_listeners`. */
export interface DrainRequest {
  /** Listeners go on accepting for the drain time. */
  readonly graceful: boolean;
  /** Only listeners with `traffic_direction: INBOUND` are meant. */
  readonly inboundOnly: boolean;
  /** Listeners never stop accepting. */
  readonly skipExit: boolean;
}

/** A listener, as far as draining concerns it. */
export interface DrainableListener {
  /** Its connections are to hear that it is being drained. */
  drainStarted(): void;
  /** It refuses new connections from now on. */
  stopAccepting(): void;
}

/** Whose listeners a drain sequence is about. */
type Direction = "inbound" | "all";

/**
 * Takes the listeners of one process out of service when its operator asks for that (Envoy 1.40,
 * source/server/drain_manager_impl.cc and source/server/admin/listeners_handler.cc).
 */
export class DrainManager {
  readonly options: DrainOptions;
  readonly simulator: Simulator;
  /** Whether its operator has made the process fail health checks. */
  hasFailedHealthCheck = false;
  /** False: the process is down, and nobody answers its operator. */
  isRunning = true;
  private readonly listeners: { readonly listener: DrainableListener; readonly drain: ListenerDrain }[] = [];
  private readonly stopped = new Set<DrainableListener>();
  private readonly live: Gauge;
  private readonly listenerStopped: Counter;
  /** Null: no sequence has begun. */
  private draining: Direction | null = null;
  /** Whose listeners stop when a sequence is over: whichever ends first, as in Envoy. */
  private whenOver: Direction[] = [];
  private timers: Handle[] = [];

  constructor(options: DrainOptions, simulator: Simulator, stats: Stats) {
    this.options = options;
    this.simulator = simulator;
    this.live = stats.gauge("server.live");
    this.live.value = 1;
    this.listenerStopped = stats.counter("listener_manager.listener_stopped");
  }

  add(listener: DrainableListener, type: DrainType, isInbound: boolean): ListenerDrain {
    const drain = new ListenerDrain(this, type, isInbound);
    this.listeners.push({ listener, drain });
    return drain;
  }

  /** `/healthcheck/fail` and `/healthcheck/ok`. */
  failHealthCheck(fails: boolean): void {
    this.hasFailedHealthCheck = fails;
    this.live.value = fails ? 0 : 1;
  }

  /** `/drain_listeners`. */
  drainListeners({ graceful, inboundOnly, skipExit }: DrainRequest): void {
    const direction = inboundOnly ? "inbound" : "all";
    const isDraining = this.draining === "all" || this.draining === direction;
    // Asking twice changes nothing, not even whether listeners stop when the first sequence is over.
    if (!(graceful && isDraining)) {
      this.notify(direction);
      if (!isDraining) this.start(direction, graceful && !skipExit);
    }
    if (!graceful && !skipExit) this.stop(direction);
  }

  /** The process dies: the one that follows knows nothing of all this. */
  processDied(): void {
    this.isRunning = false;
    this.live.value = 0;
    this.hasFailedHealthCheck = false;
    this.draining = null;
    this.whenOver = [];
    for (const timer of this.timers.splice(0)) this.simulator.cancel(timer);
    this.stopped.clear();
    for (const { drain } of this.listeners) drain.forget();
  }

  processStarted(): void {
    this.isRunning = true;
    this.live.value = 1;
  }

  private start(direction: Direction, stopsWhenOver: boolean): void {
    this.draining = direction;
    if (stopsWhenOver) this.whenOver.push(direction);
    this.timers.push(this.simulator.timeout(this.options.time, sequenceOver, this));
  }

  onSequenceOver(): void {
    for (const direction of this.whenOver.splice(0)) this.stop(direction);
  }

  private notify(direction: Direction): void {
    for (const { listener, drain } of this.concerned(direction))
      if (drain.begin(this.simulator.now)) listener.drainStarted();
  }

  private stop(direction: Direction): void {
    for (const { listener } of this.concerned(direction)) {
      if (this.stopped.has(listener)) continue;
      this.stopped.add(listener);
      this.listenerStopped.value++;
      listener.stopAccepting();
    }
  }

  private concerned(direction: Direction) {
    return this.listeners.filter(({ drain }) => direction === "all" || drain.isInbound);
  }
}

function sequenceOver(manager: DrainManager): void {
  manager.onSequenceOver();
}
