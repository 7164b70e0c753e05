import type { Message } from "../../decode/message.ts";
import type { Runtime } from "./runtime.ts";

/** A `core.v3.RuntimeFeatureFlag`: the runtime's value, otherwise the default; without one it is on. */
export function readFeatureFlag(flag: Message | undefined, runtime: Runtime): boolean {
  if (flag === undefined) return true;
  const value = runtime.get(flag.string("runtime_key"));
  return typeof value === "boolean" ? value : flag.boolean("default_value");
}
