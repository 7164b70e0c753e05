import type { Json, JsonObject } from "../../../decode/message.ts";
import type { Counter, Gauge } from "../../../telemetry/stats.ts";
import type { Host } from "../../cluster/host.ts";
import type { LoadReport } from "../../cluster/load-report.ts";
import { hasAll, isList } from "../../cluster/metadata-value.ts";
import { type BalancerView, withNote } from "../balancer-view.ts";
import type {
  LoadBalancer,
  LoadBalancerContext,
  LoadBalancerDeps,
  MakeLoadBalancer,
  MetadataMatch,
} from "../policy.ts";
import { BalancedSubset, type HostSubset, SingleHostSubset } from "./host-subset.ts";
import { type FallbackRule, SelectorFallbacks } from "./selector-fallbacks.ts";
import type { SubsetOptions } from "./subset-options.ts";
import { combinationsOf, SubsetTree } from "./subset-tree.ts";

/** Metadata of a request under which it lists what may take the place of what it wants. */
const FALLBACK_LIST = "fallback_list";

/**
 * Chooses among the hosts whose metadata has what the request wants, by a balancer of its own for each such
 * subset, or by a fallback (Envoy 1.40, .../subset/subset_lb.cc). Draws only what these balancers draw.
 */
export class SubsetBalancer implements LoadBalancer {
  readonly #deps: LoadBalancerDeps;
  readonly #options: SubsetOptions;
  readonly #makeChild: MakeLoadBalancer;
  readonly #stats: SubsetStats;
  readonly #tree = new SubsetTree();
  readonly #fallbacks: SelectorFallbacks;
  /** All hosts, and those with the default metadata; null where no fallback needs them. */
  readonly #any: HostSubset | null;
  readonly #default: HostSubset | null;

  /** What requests want without what no selector asks for. */
  readonly #reduced = new WeakMap<MetadataMatch, MetadataMatch>();

  constructor(deps: LoadBalancerDeps, options: SubsetOptions, makeChild: MakeLoadBalancer) {
    this.#deps = deps;
    this.#options = options;
    this.#makeChild = makeChild;
    this.#stats = makeStats(deps);
    this.#fallbacks = new SelectorFallbacks(options.selectors);
    const uses = (policy: string) =>
      options.fallback === policy || options.selectors.some(({ fallback }) => fallback === policy);
    this.#any = uses("ANY_ENDPOINT") || options.panicModeAny ? this.#newSubset(false) : null;
    this.#default = uses("DEFAULT_SUBSET") ? this.#newSubset(false) : null;
    for (const { priority } of deps.prioritySet.hostSets) this.#sortHosts(priority);
  }

  chooseHost(context: LoadBalancerContext): Host | null {
    const match = context.metadataMatch;
    if (match === null || !this.#options.usesFallbackList) return this.#choose(match, context);
    const list = match.find(([key]) => key === FALLBACK_LIST)?.[1];
    if (list === undefined) return this.#choose(match, context);
    const base = match.filter(([key]) => key !== FALLBACK_LIST);
    const alternatives = isList(list) ? list : [];
    if (alternatives.length === 0) return this.#choose(base, context);
    for (const alternative of alternatives) {
      const host = this.#choose(overridden(base, alternative as JsonObject), context);
      if (host !== null) return host;
    }
    return null;
  }

  /** Lists of alternatives in what a request wants are left aside. */
  view(context: LoadBalancerContext): BalancerView | null {
    const wanted = context.metadataMatch?.filter(([key]) => key !== FALLBACK_LIST) ?? null;
    return this.#view(wanted, context);
  }

  #view(wanted: MetadataMatch | null, context: LoadBalancerContext): BalancerView | null {
    const match = wanted && (this.#options.allowRedundantKeys ? this.#withoutRedundantKeys(wanted) : wanted);
    const subset = match && this.#tree.find(match)?.subset;
    if (subset?.isActive)
      return noted(subset, context, `subset ${JSON.stringify(Object.fromEntries(match!))}`);
    const rule = match && this.#fallbacks.ruleFor(match.map(([key]) => key));
    const keys = rule?.policy === "KEYS_SUBSET" ? rule.keys : [];
    if (keys.length > 0)
      return this.#view(
        match!.filter(([key]) => keys.includes(key)),
        context,
      );
    const policy = rule?.policy ?? this.#options.fallback;
    if (policy === "ANY_ENDPOINT") return noted(this.#any!, context, "no subset fits: any host");
    return policy === "DEFAULT_SUBSET" ? noted(this.#default!, context, "no subset fits: the default") : null;
  }

  update(priority: number): void {
    this.#sortHosts(priority);
    this.#tree.purge(() => {
      this.#stats.removed.value += this.#deps.instances;
      this.#stats.active.value -= this.#deps.instances;
    });
  }

  onLoadReport(host: Host, report: LoadReport): void {
    for (const subset of [this.#any, this.#default, ...this.#tree.subsets()])
      subset?.onLoadReport?.(host, report);
  }

  #choose(wanted: MetadataMatch | null, context: LoadBalancerContext): Host | null {
    if (wanted !== null) {
      const match = this.#options.allowRedundantKeys ? this.#withoutRedundantKeys(wanted) : wanted;
      const subset = this.#tree.find(match)?.subset;
      if (subset?.isActive) {
        this.#stats.selected.value++;
        return subset.chooseHost(context);
      }
      const rule = this.#fallbacks.ruleFor(match.map(([key]) => key));
      if (rule !== undefined) return this.#chooseByRule(rule, match, context);
    }
    return this.#fallBack(context);
  }

  #chooseByRule(
    { policy, keys }: FallbackRule,
    match: MetadataMatch,
    context: LoadBalancerContext,
  ): Host | null {
    switch (policy) {
      case "ANY_ENDPOINT":
        return this.#any!.chooseHost(context);
      case "DEFAULT_SUBSET":
        return this.#default!.chooseHost(context);
      case "KEYS_SUBSET":
        return this.#choose(
          match.filter(([key]) => keys.includes(key)),
          context,
        );
      default:
        return null;
    }
  }

  #fallBack(context: LoadBalancerContext): Host | null {
    const { fallback, panicModeAny } = this.#options;
    if (fallback === "NO_FALLBACK") return null;
    const host = (fallback === "ANY_ENDPOINT" ? this.#any : this.#default)!.chooseHost(context);
    if (host !== null) {
      this.#stats.fallback.value++;
      return host;
    }
    const anyHost = panicModeAny ? this.#any!.chooseHost(context) : null;
    if (anyHost !== null) this.#stats.fallbackPanic.value++;
    return anyHost;
  }

  /** What is wanted by the first selector whose keys are all wanted. */
  #withoutRedundantKeys(wanted: MetadataMatch): MetadataMatch {
    const known = this.#reduced.get(wanted);
    if (known !== undefined) return known;
    const matches = this.#options.selectors.map(({ keys }) => wanted.filter(([key]) => keys.includes(key)));
    const reduced =
      matches.find((match, i) => match.length === this.#options.selectors[i]!.keys.length) ?? wanted;
    this.#reduced.set(wanted, reduced);
    return reduced;
  }

  #newSubset(isSingleHost: boolean): HostSubset {
    return isSingleHost
      ? new SingleHostSubset()
      : new BalancedSubset(this.#deps, this.#options, this.#makeChild);
  }

  /** Sorts the hosts of a priority into their subsets, which are made as needed. */
  #sortHosts(priority: number): void {
    const { hosts } = this.#deps.prioritySet.hostSets[priority]!;
    this.#fillFallbacks(priority, hosts);
    const singles = new Set<HostSubset>();
    let duplicates = 0;
    for (const host of hosts)
      for (const { keys, isSingleHost } of this.#options.selectors)
        for (const match of combinationsOf(host, keys, this.#options.listAsAny)) {
          const subset = this.#subsetOf(match, isSingleHost);
          if (singles.has(subset)) {
            duplicates++;
            continue;
          }
          if (subset instanceof SingleHostSubset) singles.add(subset);
          subset.add(priority, host);
        }
    this.#stats.duplicates.value = duplicates;
    for (const subset of this.#tree.subsets()) subset.finish(priority);
  }

  #fillFallbacks(priority: number, hosts: readonly Host[]): void {
    const { defaultSubset, listAsAny } = this.#options;
    for (const host of hosts) {
      this.#any?.add(priority, host);
      if (hasAll(host.endpoint.metadata, defaultSubset, listAsAny)) this.#default?.add(priority, host);
    }
    this.#any?.finish(priority);
    this.#default?.finish(priority);
  }

  #subsetOf(match: MetadataMatch, isSingleHost: boolean): HostSubset {
    const entry = this.#tree.findOrCreate(match);
    if (entry.subset === null) {
      entry.subset = this.#newSubset(isSingleHost);
      this.#stats.created.value += this.#deps.instances;
      this.#stats.active.value += this.#deps.instances;
    }
    return entry.subset;
  }
}

function noted(subset: HostSubset, context: LoadBalancerContext, note: string): BalancerView | null {
  const view = subset.view?.(context) ?? null;
  return view && withNote(view, note);
}

/** What is wanted with some values replaced or added. */
function overridden(base: MetadataMatch, values: JsonObject): MetadataMatch {
  const merged = new Map<string, Json>([...base, ...Object.entries(values)]);
  return [...merged].sort(([a], [b]) => (a < b ? -1 : 1));
}

interface SubsetStats {
  readonly selected: Counter;
  readonly fallback: Counter;
  readonly fallbackPanic: Counter;
  readonly created: Counter;
  readonly removed: Counter;
  readonly active: Gauge;
  readonly duplicates: Gauge;
}

function makeStats({ stats, clusterName }: LoadBalancerDeps): SubsetStats {
  const prefix = `cluster.${clusterName}.lb_subsets_`;
  return {
    selected: stats.counter(`${prefix}selected`),
    fallback: stats.counter(`${prefix}fallback`),
    fallbackPanic: stats.counter(`${prefix}fallback_panic`),
    created: stats.counter(`${prefix}created`),
    removed: stats.counter(`${prefix}removed`),
    active: stats.gauge(`${prefix}active`),
    duplicates: stats.gauge(`${prefix}single_host_per_subset_duplicate`),
  };
}
