import type { Runtime } from "./runtime.ts";

/** A whole number of 0 or more from the runtime; Envoy ignores values of other kinds. */
export function runtimeInteger(runtime: Runtime, key: string, otherwise: number): number {
  const value = runtime.get(key);
  return typeof value === "number" && value >= 0 ? Math.trunc(value) : otherwise;
}
