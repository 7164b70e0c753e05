import type { Json } from "../../decode/message.ts";

/** The proxy's runtime values by their full key, such as `routing.traffic_shift.checkout`. */
export type Runtime = ReadonlyMap<string, Json>;

export const NO_RUNTIME: Runtime = new Map();
