import type { Random64 } from "../../../random/random64.ts";
import type { Host } from "../../cluster/host.ts";
import { type RuntimeNumber, runtimeNumber } from "../../runtime/runtime-number.ts";
import { type BalancerView, evenShares } from "../balancer-view.ts";
import type { LoadBalancer, LoadBalancerContext, LoadBalancerDeps } from "../policy.ts";
import { chooseHost } from "../shared/choose-host.ts";
import { type ScheduledOptions, ScheduledSources } from "../shared/scheduled-sources.ts";
import { activeRequestWeight } from "./active-request-weight.ts";
import { scanAll } from "./full-scan.ts";
import { sampleChoices } from "./n-choices.ts";

/** Options of `envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest`. */
export interface LeastRequestOptions extends ScheduledOptions {
  /** How many hosts are sampled; at least 2. */
  readonly choiceCount: number;
  /** The exponent of active requests in the weight of a host; Envoy takes 1 for one that is not at least 0. */
  readonly activeRequestBias: RuntimeNumber;
  readonly selectionMethod: "N_CHOICES" | "FULL_SCAN";
}

/**
 * The host with the fewest active requests, among a few sampled ones or among all; with unequal weights an
 * EDF schedule over weight / (active + 1)^bias instead
 * (Envoy 1.40, .../least_request/least_request_lb.cc). Draws a pick: one for the priority; then unweighted
 * one for each choice, or in a full scan one for each tie. One at construction, the seed of the schedules.
 */
export class LeastRequest implements LoadBalancer {
  readonly #random: Random64;
  readonly #choiceCount: number;
  readonly #fullScan: boolean;
  readonly #sources: ScheduledSources<null>;

  constructor(deps: LoadBalancerDeps, options: LeastRequestOptions) {
    this.#random = deps.random;
    this.#choiceCount = options.choiceCount;
    this.#fullScan = options.selectionMethod === "FULL_SCAN";
    const bias = runtimeNumber(deps.runtime, options.activeRequestBias);
    const hostWeight = activeRequestWeight(bias >= 0 ? bias : 1);
    this.#sources = new ScheduledSources(deps, options, hostWeight, () => null);
  }

  chooseHost(context: LoadBalancerContext): Host | null {
    return chooseHost(this, context);
  }

  pickHost(context: LoadBalancerContext): Host | null {
    const source = this.#sources.choose(context);
    if (source === null) return null;
    const { hosts, state } = source;
    if (state.schedule !== null) return state.schedule.pickAndAdd();
    if (hosts.length === 0) return null;
    if (this.#fullScan) return scanAll(hosts, this.#random);
    return sampleChoices(hosts, this.#choiceCount, this.#random);
  }

  /** How busy hosts will be at the next pick is not known: only schedules tell. */
  peekHost(context: LoadBalancerContext): Host | null {
    return this.#sources.peek(context)?.state.schedule?.peekAgain() ?? null;
  }

  /** While all are equally busy the first choice is taken, and every host is as likely as any other. */
  view(): BalancerView {
    const by = this.#fullScan ? "the least busy of all" : `the least busy of ${this.#choiceCount} drawn`;
    return this.#sources.view(({ hosts }) => ({ by, isChance: true, shares: evenShares(hosts.length) }));
  }

  update(priority: number): void {
    this.#sources.update(priority);
  }
}
