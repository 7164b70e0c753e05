import type { Message } from "../../decode/message.ts";
import type { FilterLevels } from "../cluster/route-levels.ts";

export const NO_FILTER_LEVELS: FilterLevels = [];

/** Reads `typed_per_filter_config` wherever a route table has it; filters take their own out of it. */
export class FilterLevelReader {
  /** Everything that any level says. */
  readonly all: (readonly [filter: string, config: Message])[] = [];

  /** This message's own level, if it says anything, before those above it. */
  below(message: Message, above: FilterLevels): FilterLevels {
    const entries = message.entries("typed_per_filter_config");
    if (entries.length === 0) return above;
    this.all.push(...entries);
    return [new Map(entries), ...above];
  }
}
