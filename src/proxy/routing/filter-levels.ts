import type { Message } from "../../decode/message.ts";

/** What one level of a route table says of HTTP filters, by the filters' names. */
export type FilterLevel = ReadonlyMap<string, Message>;

/** The levels that hold for a request, the most specific first: weighted cluster, route, virtual host, table. */
export type FilterLevels = readonly FilterLevel[];

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
