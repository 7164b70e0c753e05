/** The `compare` object of a case.json. */
export interface Rules {
  /** Fields of the results, or names of further files, that must be equal. */
  readonly exact?: readonly string[];
  /** Requests whose value of a field may differ. */
  readonly except_n?: Readonly<Record<string, readonly number[]>>;
  readonly stats_exact?: readonly string[];
  readonly distribution?: readonly DistributionRule[];
  readonly sequence?: readonly SequenceRule[];
  /** Of these routes only, where some are named. */
  readonly set_per_route?: readonly { readonly field: string; readonly routes?: readonly string[] }[];
  readonly range?: readonly RangeRule[];
  readonly events?: readonly EventsRule[];
}

/**
 * Every host has the same events in the same order, each at about the same time. Near the end of what is compared
 * an event may be on one side only.
 */
export interface EventsRule {
  readonly file: "health" | "ejections";
  /** Later events are not compared. */
  readonly until_ms: number;
  readonly within_ms: number;
  /** Fields of events that are not compared. */
  readonly without?: readonly string[];
}

export interface DistributionRule {
  readonly field: string;
  /** Values of the field by group. */
  readonly groups: Readonly<Record<string, readonly unknown[]>>;
  /** Two-sided normal bound, divided over the groups. */
  readonly z: number;
  readonly recorded: Readonly<Record<string, number>>;
  /** Exact shares by Envoy's own integer arithmetic. */
  readonly computed_percent?: Readonly<Record<string, number>>;
}

export type SequenceRule =
  | { readonly field: string; readonly mode: "up_to_start" }
  | {
      readonly field: string;
      readonly mode: "up_to_start_within_groups";
      readonly groups: readonly (readonly unknown[])[];
    }
  | {
      readonly field: string;
      readonly mode: "weighted_windows";
      readonly period: number;
      readonly weights: Readonly<Record<string, number>>;
      readonly tolerance: number;
    };

/** `min` and `max` are absolute, `below` and `above` relative to the recorded value. */
export interface RangeRule {
  /** Of the results, or `count:FIELD=VALUE`, `ejections.at_ms`, `health.at_ms`, `stats:NAME`. */
  readonly field: string;
  /** Only these requests. */
  readonly n?: readonly number[];
  readonly min?: number;
  readonly max?: number;
  readonly below?: number;
  readonly above?: number;
}
