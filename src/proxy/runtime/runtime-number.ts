import type { Message } from "../../decode/message.ts";
import type { Runtime } from "./runtime.ts";

/** A number that runtime may replace: `core.v3.RuntimeDouble`. */
export interface RuntimeNumber {
  /** Empty: nothing replaces it. */
  readonly key: string;
  readonly otherwise: number;
}

export function readRuntimeDouble(message: Message): RuntimeNumber {
  return { key: message.string("runtime_key"), otherwise: message.number("default_value", 0) };
}

/** The runtime's value, if it is a number, otherwise the default. */
export function runtimeNumber(runtime: Runtime, { key, otherwise }: RuntimeNumber): number {
  const value = runtime.get(key);
  return typeof value === "number" ? value : otherwise;
}

/** The same where Envoy wants a whole number that is not negative. */
export function runtimeInteger(runtime: Runtime, key: string, otherwise: number): number {
  const value = runtime.get(key);
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : otherwise;
}

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
