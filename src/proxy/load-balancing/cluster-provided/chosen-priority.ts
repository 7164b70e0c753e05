import type { JsonObject } from "../../../decode/message.ts";
import type { U64 } from "../../../hash/u64.ts";
import type { RequestHead } from "../../../http/request-head.ts";
import type { Host } from "../../cluster/host.ts";
import type { HostSet } from "../../cluster/priority-set.ts";
import type { LoadBalancerContext, MetadataMatch, PriorityShares, RetryPriority } from "../policy.ts";

/** A request for which an aggregate cluster has chosen a cluster, and the priority and health of its hosts. */
export class ChosenPriority implements LoadBalancerContext, RetryPriority {
  readonly #context: LoadBalancerContext;
  readonly #priority: number;
  readonly #isDegraded: boolean;

  constructor(context: LoadBalancerContext, priority: number, isDegraded: boolean) {
    this.#context = context;
    this.#priority = priority;
    this.#isDegraded = isDegraded;
  }

  /** All of the load goes where the aggregate cluster has put it. */
  get retryPriority(): RetryPriority {
    return this;
  }

  loadFor(hostSets: readonly HostSet[]): PriorityShares {
    const none = hostSets.map(() => 0);
    const all = hostSets.map((_, priority) => (priority === this.#priority ? 100 : 0));
    return { healthyLoad: this.#isDegraded ? none : all, degradedLoad: this.#isDegraded ? all : none };
  }

  get head(): RequestHead {
    return this.#context.head;
  }

  get remoteAddress(): string {
    return this.#context.remoteAddress;
  }

  get localAddress(): string {
    return this.#context.localAddress;
  }

  get originalDestination(): string | null {
    return this.#context.originalDestination;
  }

  get filterState(): ReadonlyMap<string, string> | null {
    return this.#context.filterState;
  }

  get dynamicMetadata(): JsonObject | null {
    return this.#context.dynamicMetadata;
  }

  get hostSelectionRetryCount(): number {
    return this.#context.hostSelectionRetryCount;
  }

  get metadataMatch(): MetadataMatch | null {
    return this.#context.metadataMatch;
  }

  get overridesUsed(): number {
    return this.#context.overridesUsed;
  }

  set overridesUsed(count: number) {
    this.#context.overridesUsed = count;
  }

  addCookie(setCookie: string): void {
    this.#context.addCookie(setCookie);
  }

  shouldSelectAnotherHost(host: Host): boolean {
    return this.#context.shouldSelectAnotherHost(host);
  }

  hashKey(): U64 | null {
    return this.#context.hashKey();
  }
}
