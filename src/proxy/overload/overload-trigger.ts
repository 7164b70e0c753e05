import type { Message } from "../../decode/message.ts";

/** When a resource's pressure, from 0 to 1, calls for an action (`config.overload.v3.Trigger`). */
export interface OverloadTrigger {
  readonly resource: string;
  /** From here on the action begins to act, and from `saturated` on it acts in full; equal for a threshold. */
  readonly scaling: number;
  readonly saturated: number;
}

export function readOverloadTriggers(action: Message): OverloadTrigger[] {
  return action.messages("triggers").map((trigger) => {
    const resource = trigger.string("name");
    const scaled = trigger.message("scaled");
    if (scaled === undefined) {
      const value = trigger.message("threshold")?.number("value", 0) ?? 0;
      return { resource, scaling: value, saturated: value };
    }
    const scaling = scaled.number("scaling_threshold", 0);
    return { resource, scaling, saturated: scaled.number("saturation_threshold", 0) };
  });
}

/** How far an action acts, from 0 to 1 (Envoy 1.40, source/server/overload_manager_impl.cc). */
export function triggerState({ scaling, saturated }: OverloadTrigger, pressure: number): number {
  if (pressure >= saturated) return 1;
  return pressure <= scaling ? 0 : (pressure - scaling) / (saturated - scaling);
}
