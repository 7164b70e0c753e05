import type { U64 } from "../hash/u64.ts";
import type { Host } from "./cluster/host.ts";
import { Exchange } from "./exchange.ts";
import type { LoadBalancerContext, MetadataMatch, RetryPriority } from "./load-balancing/policy.ts";
import { PreviousPriorities } from "./load-balancing/shared/previous-priorities.ts";
import type { RequestPlan } from "./request-plan.ts";
import { isRejected } from "./retry/host-predicates.ts";
import type { RouteEntry } from "./routing/route-match.ts";
import type { WorkerCluster } from "./worker-cluster.ts";

/** By which route a request goes to which cluster, with what time limits and retries. */
export interface SentRequest {
  readonly route: RouteEntry;
  readonly plan: RequestPlan;
  readonly cluster: WorkerCluster;
}

/** A request as load balancers see it: what they hash on, and the hosts that it has tried. */
export abstract class BalancedRequest extends Exchange implements LoadBalancerContext {
  get filterState(): null {
    return null;
  }

  get dynamicMetadata(): null {
    return null;
  }

  /** What has been decided about it, for explanations; null: it was not sent to a cluster. */
  get sent(): SentRequest | null {
    const { route, plan, cluster } = this;
    return route && { route, plan, cluster };
  }

  get hostSelectionRetryCount(): number {
    return this.attemptCount > 1 ? this.plan.retryPolicy.hostSelectionRetryMaxAttempts : 0;
  }

  shouldSelectAnotherHost(host: Host): boolean {
    return this.attemptCount > 1 && isRejected(this.plan.retryPolicy.hostPredicates, host, this.attempted);
  }

  get retryPriority(): RetryPriority | null {
    return this.attemptCount > 1 ? this.previousPriorities : null;
  }

  /** By the hash policies of the cluster, otherwise of the route. */
  hashKey(): U64 | null {
    if (this.hash !== undefined) return this.hash;
    const hasher = this.cluster.cluster.config.hasher ?? this.plans.hasher;
    const hash = hasher === null ? null : hasher.hash(this);
    this.hash = hash;
    return hash;
  }

  get metadataMatch(): MetadataMatch | null {
    const { match } = this;
    return match?.kind === "route" ? match.metadataMatch : null;
  }

  /** Empty for mirrored requests, which come on no connection. */
  get remoteAddress(): string {
    return this.downstream.connection?.source ?? "";
  }

  get localAddress(): string {
    return this.downstream.connection?.target ?? "";
  }

  get originalDestination(): string | null {
    return this.manager.originalDestinationOf(this);
  }

  addCookie(setCookie: string): void {
    this.cookie = setCookie;
  }

  protected rememberAttempt(host: Host): void {
    const { hostPredicates, priorityUpdateFrequency } = this.plan.retryPolicy;
    if (hostPredicates.length > 0)
      this.attempted = this.attempted.length === 0 ? [host] : [...this.attempted, host];
    if (priorityUpdateFrequency === 0) return;
    this.previousPriorities ??= new PreviousPriorities(priorityUpdateFrequency);
    this.previousPriorities.onHostAttempted(host);
  }
}
