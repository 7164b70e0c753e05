import { describe, expect, it } from "vitest";
import { scripted64 } from "../../../test/support/scripted64.ts";
import { Simulator } from "../../kernel/simulator.ts";
import { SECOND } from "../../kernel/time.ts";
import { Stats } from "../../telemetry/stats.ts";
import type { DrainStrategy, DrainType } from "./drain-close.ts";
import { DrainManager, type DrainRequest } from "./drain-manager.ts";
import type { ListenerDrain } from "./listener-drain.ts";

const PLAIN: DrainRequest = { graceful: false, inboundOnly: false, skipExit: false };
const GRACEFUL: DrainRequest = { ...PLAIN, graceful: true };
const INBOUND: DrainRequest = { ...GRACEFUL, inboundOnly: true };

class Noting {
  readonly log: string[] = [];
  readonly drain: ListenerDrain;
  private readonly simulator: Simulator;

  constructor(manager: DrainManager, isInbound: boolean, type: DrainType) {
    this.simulator = manager.simulator;
    this.drain = manager.add(this, type, isInbound);
  }

  drainStarted(): void {
    this.note("drain");
  }

  stopAccepting(): void {
    this.note("stop");
  }

  /** Whether answers end their connections for certain at present. */
  get closesAll(): boolean {
    return this.drain.closes(1, scripted64(["18446744073709551615"]));
  }

  private note(what: string): void {
    this.log.push(`${what} ${this.simulator.now / SECOND}`);
  }
}

function drained(strategy: DrainStrategy = "gradual", type: DrainType = "DEFAULT") {
  const simulator = new Simulator();
  const stats = new Stats();
  const manager = new DrainManager({ time: 8 * SECOND, strategy }, simulator, stats);
  const [inbound, outbound] = [new Noting(manager, true, type), new Noting(manager, false, type)];
  const at = (second: number, act: () => void) => simulator.at(second * SECOND, act, undefined);
  const statistics = () => new Map(stats.nonzero());
  return { simulator, manager, inbound, outbound, at, statistics };
}

describe("/drain_listeners", () => {
  it("tells connections and stops listeners at once", () => {
    const { simulator, manager, inbound, outbound, at, statistics } = drained();
    at(1, () => manager.drainListeners(PLAIN));
    simulator.run(20 * SECOND);
    expect([inbound.log, outbound.log]).toEqual([
      ["drain 1", "stop 1"],
      ["drain 1", "stop 1"],
    ]);
    expect(statistics().get("listener_manager.listener_stopped")).toBe(2);
  });

  it("stops them after the drain time when it is graceful, asked once or twice", () => {
    const { simulator, manager, outbound, at } = drained();
    for (const second of [1, 3]) at(second, () => manager.drainListeners(GRACEFUL));
    simulator.run(20 * SECOND);
    expect(outbound.log).toEqual(["drain 1", "stop 9"]);
  });

  it("never stops them with skip_exit, nor when a graceful request follows", () => {
    const { simulator, manager, outbound, at } = drained();
    at(1, () => manager.drainListeners({ ...PLAIN, skipExit: true }));
    at(2, () => manager.drainListeners(GRACEFUL));
    simulator.run(20 * SECOND);
    expect(outbound.log).toEqual(["drain 1"]);
  });

  it("means only inbound listeners with inboundonly", () => {
    const { simulator, manager, inbound, outbound, at } = drained();
    at(1, () => manager.drainListeners(INBOUND));
    simulator.run(20 * SECOND);
    expect([inbound.log, outbound.log]).toEqual([["drain 1", "stop 9"], []]);
  });

  // Seen with Envoy 1.40.0: what waits for the end of any sequence is done when the first one ends.
  it("stops all with the first sequence that ends, and keeps the beginning that a listener knows", () => {
    const { simulator, manager, inbound, outbound, at } = drained();
    at(1, () => manager.drainListeners(INBOUND));
    at(3, () => manager.drainListeners(GRACEFUL));
    simulator.run(20 * SECOND);
    expect(inbound.log).toEqual(["drain 1", "stop 9"]);
    expect(outbound.log).toEqual(["drain 3", "stop 9"]);
  });

  it("raises the chance of closing over the whole drain time, or a part of it", () => {
    const { simulator, manager, outbound, at } = drained();
    at(1, () => manager.drainListeners(GRACEFUL));
    const certain: [number, boolean, boolean][] = [];
    for (const second of [1, 4.9, 5, 8.9, 9]) {
      at(second, () => {
        const half = outbound.drain.closes(0.5, scripted64(["7"]));
        certain.push([second, half, outbound.closesAll]);
      });
    }
    simulator.run(20 * SECOND);
    expect(certain).toEqual([
      [1, false, false],
      [4.9, false, false],
      [5, true, false],
      [8.9, true, false],
      [9, true, true],
    ]);
  });
});

describe("/healthcheck/fail", () => {
  it("closes with every answer until /healthcheck/ok, and stops nothing", () => {
    const { manager, outbound, statistics } = drained();
    expect(statistics().get("server.live")).toBe(1);
    manager.failHealthCheck(true);
    expect(outbound.closesAll).toBe(true);
    expect(statistics().get("server.live")).toBeUndefined();
    manager.failHealthCheck(false);
    expect(outbound.closesAll).toBe(false);
    expect(outbound.log).toEqual([]);
  });

  it("leaves listeners alone that heed only modifications", () => {
    const { manager, outbound } = drained("gradual", "MODIFY_ONLY");
    manager.failHealthCheck(true);
    expect(outbound.closesAll).toBe(false);
  });
});

it("forgets everything with its process", () => {
  const { simulator, manager, outbound, at, statistics } = drained("immediate");
  manager.failHealthCheck(true);
  at(1, () => manager.drainListeners(GRACEFUL));
  at(2, () => manager.processDied());
  at(3, () => manager.processStarted());
  simulator.run(20 * SECOND);
  expect(outbound.log).toEqual(["drain 1"]);
  expect(outbound.closesAll).toBe(false);
  expect(statistics().get("server.live")).toBe(1);
});
