import type { Json, JsonObject, Message } from "../../../decode/message.ts";

export type FallbackPolicy = "NO_FALLBACK" | "ANY_ENDPOINT" | "DEFAULT_SUBSET";
export type SelectorFallback = FallbackPolicy | "NOT_DEFINED" | "KEYS_SUBSET";

export interface SubsetSelector {
  /** In ascending order, without repetition. */
  readonly keys: readonly string[];
  readonly fallback: SelectorFallback;
  readonly fallbackKeys: readonly string[];
  readonly isSingleHost: boolean;
}

/** Options of `envoy.extensions.load_balancing_policies.subset.v3.Subset`. */
export interface SubsetOptions {
  readonly selectors: readonly SubsetSelector[];
  readonly fallback: FallbackPolicy;
  readonly defaultSubset: readonly (readonly [key: string, value: Json])[];
  readonly allowRedundantKeys: boolean;
  readonly localityWeightAware: boolean;
  readonly scaleLocalityWeight: boolean;
  readonly panicModeAny: boolean;
  readonly listAsAny: boolean;
  readonly usesFallbackList: boolean;
}

/** Reads the typed message or the old `LbSubsetConfig`, which has the same fields but redundant keys. */
export function readSubsetOptions(config: Message): SubsetOptions {
  const allowRedundantKeys = config.boolean("allow_redundant_keys");
  const selectors = config.messages("subset_selectors").map(readSelector);
  const used = selectors.filter(({ keys }) => keys.length > 0);
  return {
    // The longest first, so that a request with further keys finds the selector that uses most of them.
    selectors: allowRedundantKeys ? used.sort((a, b) => b.keys.length - a.keys.length) : used,
    fallback: config.enum<FallbackPolicy>("fallback_policy", "NO_FALLBACK"),
    defaultSubset: Object.entries((config.raw("default_subset") as JsonObject | undefined) ?? {}),
    allowRedundantKeys,
    localityWeightAware: config.boolean("locality_weight_aware"),
    scaleLocalityWeight: config.boolean("scale_locality_weight"),
    panicModeAny: config.boolean("panic_mode_any"),
    listAsAny: config.boolean("list_as_any"),
    usesFallbackList:
      config.enum<string>("metadata_fallback_policy", "METADATA_NO_FALLBACK") === "FALLBACK_LIST",
  };
}

function readSelector(selector: Message): SubsetSelector {
  return {
    keys: [...new Set(selector.strings("keys"))].sort(),
    fallback: selector.enum<SelectorFallback>("fallback_policy", "NOT_DEFINED"),
    fallbackKeys: selector.strings("fallback_keys_subset"),
    isSingleHost: selector.boolean("single_host_per_subset"),
  };
}
