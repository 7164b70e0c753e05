import type { HttpConnectionManager } from "../../src/proxy/http-connection-manager.ts";
import type { Findings } from "./findings.ts";
import { inside } from "./inside.ts";

const timers = [
  "onIdleTimeout",
  "onMaxDuration",
  "onDrainTimeout",
  "onProactiveDrain",
  "onDelayedClose",
] as const;

/** No time runs for a connection from a client that is closed. */
export function watchDownstream(findings: Findings, manager: HttpConnectionManager): void {
  const { open } = manager;
  manager.open = (connection) => {
    const downstream = open.call(manager, connection);
    for (const event of timers) {
      const original = downstream[event];
      downstream[event] = () => {
        const isOver = inside("downstream", downstream).state === "closed";
        findings.expect(!isOver, "drained", () => `${event} of a connection that is closed`);
        original.call(downstream);
      };
    }
    return downstream;
  };
}
