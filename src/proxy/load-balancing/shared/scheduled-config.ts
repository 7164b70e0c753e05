import type { Message } from "../../../decode/message.ts";
import { readLegacyLocalityRouting, readLocalityRouting } from "./locality-routing.ts";
import type { ScheduledOptions } from "./scheduled-sources.ts";
import { readSlowStart } from "./slow-start.ts";

/** Reads what the typed configurations of round robin and least request share. */
export function readScheduledOptions(options: Message): ScheduledOptions {
  return {
    routing: readLocalityRouting(options),
    slowStart: readSlowStart(options.message("slow_start_config")),
  };
}

/** The same in the old configuration: from the cluster, and from the policy's own message in it. */
export function readLegacyScheduledOptions(cluster: Message, own: Message | undefined): ScheduledOptions {
  return {
    routing: readLegacyLocalityRouting(cluster),
    slowStart: readSlowStart(own?.message("slow_start_config")),
  };
}
