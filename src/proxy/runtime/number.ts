import type { Message } from "../../decode/message.ts";
import type { Runtime } from "./runtime.ts";

/** A `core.v3.RuntimeDouble`, `RuntimeUInt32` or `RuntimePercent`: the runtime's value, otherwise the default. */
export function readRuntimeNumber(message: Message | undefined, runtime: Runtime, otherwise: number): number {
  if (message === undefined) return otherwise;
  const value = runtime.get(message.string("runtime_key"));
  if (typeof value === "number") return value;
  const isPercent = typeof message.json.default_value === "object";
  return isPercent
    ? (message.message("default_value")?.number("value", 0) ?? 0)
    : message.number("default_value", 0);
}
