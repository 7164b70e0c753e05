import type { Simulator } from "../../kernel/simulator.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import type { Random64 } from "../../random/random64.ts";
import type { Counter, Gauge, Stats } from "../../telemetry/stats.ts";
import type { OverloadActionKind, OverloadConfig, ShedPointKind, Triggered } from "./overload-config.ts";
import { triggerState } from "./overload-trigger.ts";
import { scaledTimeout } from "./scaled-timeout.ts";

/** Pressure on resources, from 0 to 1, by the name of their monitor. */
export type Pressure = ReadonlyMap<string, number>;

const TWO_TO_32 = 2 ** 32;
const TWO_TO_64 = 2 ** 64;

/** An action or a load shed point in a process: how far it acts, from 0 to 1. */
export class OverloadAction {
  state = 0;
  readonly shed: Counter;
  private readonly states: number[];
  private readonly config: Triggered<string>;
  private readonly active: Gauge;
  private readonly scalePercent: Gauge;

  constructor(config: Triggered<string>, stats: Stats) {
    this.config = config;
    this.states = config.triggers.map(() => 0);
    this.active = stats.gauge(`overload.${config.name}.active`);
    this.scalePercent = stats.gauge(`overload.${config.name}.scale_percent`);
    this.shed = stats.counter(`overload.${config.name}.shed_load_count`);
  }

  /** The gauges tell of the trigger that changed last, as in Envoy; what acts is the highest of them. */
  update(resource: string, pressure: number): void {
    this.config.triggers.forEach((trigger, index) => {
      if (trigger.resource !== resource) return;
      const state = triggerState(trigger, pressure);
      if (state === this.states[index]) return;
      this.states[index] = state;
      this.active.value = state === 1 ? 1 : 0;
      this.scalePercent.value = Math.trunc(state * 100);
    });
    this.state = Math.max(...this.states);
  }

  /** Whether it acts this time; draws once where that is open (Envoy 1.40, RandomGenerator::bernoulli). */
  draws(random: Random64): boolean {
    if (this.state === 0 || this.state === 1) return this.state === 1;
    random.draw("whether overload acts");
    return random.high * TWO_TO_32 + random.low < this.state * TWO_TO_64;
  }
}

/**
 * Looks at the pressure on resources every refresh interval, and acts on it (Envoy 1.40,
 * source/server/overload_manager_impl.cc). The pressure is what the scenario says it is.
 */
export class OverloadManager {
  readonly actions: Readonly<Partial<Record<OverloadActionKind, OverloadAction>>>;
  readonly shedPoints: Readonly<Partial<Record<ShedPointKind, OverloadAction>>>;
  private readonly config: OverloadConfig;
  private readonly simulator: Simulator;
  private readonly gauges: readonly Gauge[];
  private readonly pressures: Pressure[] = [];
  private readonly listeners: (() => void)[] = [];

  constructor(config: OverloadConfig, simulator: Simulator, stats: Stats) {
    const make = (each: Triggered<string>) => [each.kind, new OverloadAction(each, stats)] as const;
    this.config = config;
    this.simulator = simulator;
    this.actions = Object.fromEntries(config.actions.map(make));
    this.shedPoints = Object.fromEntries(config.shedPoints.map(make));
    this.gauges = config.monitors.map((name) => stats.gauge(`overload.${name}.pressure`));
  }

  start(): void {
    this.simulator.after(this.config.refreshInterval, refresh, this);
  }

  /** Tells after each look at the pressure. */
  whenRefreshed(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Where several hold at once the highest counts. */
  addPressure(pressure: Pressure): void {
    this.pressures.push(pressure);
  }

  removePressure(pressure: Pressure): void {
    this.pressures.splice(this.pressures.indexOf(pressure), 1);
  }

  refresh(): void {
    const all = [...Object.values(this.actions), ...Object.values(this.shedPoints)];
    this.config.monitors.forEach((name, index) => {
      const pressure = Math.max(0, ...this.pressures.map((each) => each.get(name) ?? 0));
      this.gauges[index]!.value = Math.trunc(pressure * 100);
      for (const action of all) action.update(name, pressure);
    });
    for (const listener of this.listeners) listener();
    this.start();
  }

  /** Whether a new request is refused: at the load shed point, or by the action. */
  refusesRequest(random: Random64): boolean {
    return sheds(this.shedPoints.decodeHeaders, random) || acts(this.actions.stopAcceptingRequests, random);
  }

  /** Whether a new connection is closed at once. */
  rejectsConnection(random: Random64): boolean {
    return (
      sheds(this.shedPoints.acceptConnection, random) || acts(this.actions.rejectIncomingConnections, random)
    );
  }

  /** Whether the connection of this answer ends with it. */
  endsKeepAlive(random: Random64): boolean {
    return acts(this.actions.disableKeepAlive, random);
  }

  get reducesTimeouts(): boolean {
    return this.actions.reduceTimeouts !== undefined;
  }

  /** How long a connection may be idle, of a limit in nanoseconds. */
  connectionIdleTimeout(full: Nanoseconds): Nanoseconds {
    const state = this.actions.reduceTimeouts?.state ?? 0;
    const { leastConnectionIdle } = this.config;
    if (state === 0 || leastConnectionIdle === undefined) return full;
    return Math.max(1, Math.round(scaledTimeout(full, leastConnectionIdle, state)));
  }

  /** Whether new connections wait for it to be over. */
  get stopsAccepting(): boolean {
    return this.actions.stopAcceptingConnections?.state === 1;
  }
}

function acts(action: OverloadAction | undefined, random: Random64): boolean {
  return action?.draws(random) ?? false;
}

function sheds(point: OverloadAction | undefined, random: Random64): boolean {
  if (!acts(point, random)) return false;
  point!.shed.value++;
  return true;
}

function refresh(manager: OverloadManager): void {
  manager.refresh();
}
