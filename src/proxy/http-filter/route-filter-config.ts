import type { Message } from "../../decode/message.ts";

const FILTER_CONFIG = "envoy.config.route.v3.FilterConfig";

/** What one level says of one filter. */
export interface RouteFilterConfig {
  readonly isDisabled: boolean;
  /** Undefined: the level only switches the filter on or off. */
  readonly config: Message | undefined;
}

/** Reads a value of `typed_per_filter_config`: the filter's own message, or that in a `route.v3.FilterConfig`. */
export function readRouteFilterConfig(level: Message): RouteFilterConfig {
  if (level.typeName !== FILTER_CONFIG) return { isDisabled: false, config: level };
  level.boolean("is_optional");
  return { isDisabled: level.boolean("disabled"), config: level.message("config") };
}

/** Whether a level does no more than to switch its filter off. */
export function isSwitchedOff(level: Message): boolean {
  if (level.typeName !== FILTER_CONFIG || !level.boolean("disabled")) return false;
  level.boolean("is_optional");
  return true;
}
