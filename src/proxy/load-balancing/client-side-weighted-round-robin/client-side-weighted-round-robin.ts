import type { Nanoseconds } from "../../../kernel/time.ts";
import type { Host } from "../../cluster/host.ts";
import type { LoadReport } from "../../cluster/load-report.ts";
import { type BalancerView, evenShares } from "../balancer-view.ts";
import type { LoadBalancer, LoadBalancerContext, LoadBalancerDeps } from "../policy.ts";
import { chooseHost } from "../shared/choose-host.ts";
import { RoundRobinIndex } from "../shared/round-robin-index.ts";
import { type ScheduledOptions, ScheduledSources } from "../shared/scheduled-sources.ts";
import type { ReportedWeights } from "./reported-weights.ts";

/**
 * Round robin whose weights the hosts report themselves (Envoy 1.40, .../client_side_weighted_round_robin;
 * reports: ORCA). Draws as round robin does.
 */
export class ClientSideWeightedRoundRobin implements LoadBalancer {
  readonly #clock: { readonly now: Nanoseconds };
  readonly #weights: ReportedWeights;
  readonly #sources: ScheduledSources<RoundRobinIndex>;
  #version: number;

  /** `weights` are those of the process, shared by its workers. */
  constructor(deps: LoadBalancerDeps, options: ScheduledOptions, weights: ReportedWeights) {
    this.#clock = deps.clock;
    this.#weights = weights;
    this.#version = weights.versionAt(deps.clock.now);
    this.#sources = new ScheduledSources(deps, options, ({ weight }) => weight, RoundRobinIndex.at);
  }

  chooseHost(context: LoadBalancerContext): Host | null {
    const version = this.#weights.versionAt(this.#clock.now);
    if (version !== this.#version) {
      this.#version = version;
      this.#sources.refreshAll();
    }
    return chooseHost(this, context);
  }

  pickHost(context: LoadBalancerContext): Host | null {
    const source = this.#sources.choose(context);
    if (source === null) return null;
    const { hosts, state } = source;
    if (state.schedule !== null) return state.schedule.pickAndAdd();
    return hosts.length === 0 ? null : hosts[state.kept.next(hosts.length)]!;
  }

  view(): BalancerView {
    return this.#sources.view(({ hosts }) => ({
      by: "in turn",
      isChance: false,
      shares: evenShares(hosts.length),
    }));
  }

  update(priority: number): void {
    this.#weights.hostsChanged(this.#clock.now);
    this.#sources.update(priority);
  }

  onLoadReport(host: Host, report: LoadReport): void {
    this.#weights.report(host, report, this.#clock.now);
  }
}
