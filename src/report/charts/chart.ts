import type { TopLevelSpec } from "vega-lite";

/** A chart before it is drawn: pure data, with the table that says the same in numbers. */
export interface Chart {
  /** Name of its file without the suffix. */
  readonly name: string;
  readonly title: string;
  /** One sentence for those who cannot see it. */
  readonly description: string;
  readonly spec: TopLevelSpec;
  readonly table: ChartTable;
}

export interface ChartTable {
  readonly titles: readonly string[];
  /** Null: no data. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}
