import type { Nanoseconds } from "../../../kernel/time.ts";
import type { Random64 } from "../../../random/random64.ts";
import type { Host } from "../../cluster/host.ts";
import type { LoadBalancer, LoadBalancerContext, LoadBalancerDeps } from "../policy.ts";
import { chooseHost } from "../shared/choose-host.ts";
import { HostSources, KEEPS_NOTHING } from "../shared/host-source.ts";
import { ZONE_AWARE } from "../shared/locality-routing.ts";
import { ProbePool } from "./probe-pool.ts";

/** Whether an answer may be used for a request that goes to this priority; in panic those of healthy hosts still are. */
function isUsable(host: Host, priority: number): boolean {
  return host.endpoint.priority === priority && host.coarseHealth !== "unhealthy";
}

export interface PrequalOptions {
  /** Probes that each request sends. */
  readonly probes: number;
  /** Answers that are kept at most. */
  readonly poolSize: number;
  readonly maxAge: Nanoseconds;
  /** Above this quantile of requests in flight a host is hot. */
  readonly hotQuantile: number;
  /** Answers that are dropped for each request, apart from those used up. */
  readonly removals: number;
}

/** Fewer answers than this are not trusted: the host is drawn at random. */
const LEAST = 2;
/** How much faster the pool may be used than it fills. */
const SURPLUS = 1;

/**
 * Probing for requests in flight and latency (Wydrowski, Kleinberg, Rumble, Archer: Load is not what you should
 * balance, NSDI 2024). Every request sends a few probes to hosts drawn at random; their answers come into a small
 * pool. A request goes to the answer that is best by the rule of hot and cold: among hosts whose requests in flight are
 * below a quantile the fastest, otherwise the one with the fewest requests. Draws: one for the priority, one for each
 * probe, and one for the host where there are not enough answers.
 */
export class Prequal implements LoadBalancer {
  readonly #random: Random64;
  readonly #deps: LoadBalancerDeps;
  readonly #options: PrequalOptions;
  readonly #sources: HostSources<null>;
  readonly #pool: ProbePool;

  constructor(deps: LoadBalancerDeps, options: PrequalOptions) {
    this.#random = deps.random;
    this.#deps = deps;
    this.#options = options;
    this.#pool = new ProbePool(options.poolSize, options.maxAge);
    this.#sources = new HostSources(deps, ZONE_AWARE, KEEPS_NOTHING);
    this.#sources.start();
  }

  chooseHost(context: LoadBalancerContext): Host | null {
    return chooseHost(this, context);
  }

  pickHost(context: LoadBalancerContext): Host | null {
    const hosts = this.#sources.choose(context)?.hosts ?? [];
    if (hosts.length === 0) return null;
    const chosen = this.#fromPool(hosts);
    this.#sendProbes(hosts);
    if (chosen !== undefined) return chosen;
    this.#random.draw();
    return hosts[this.#random.mod(hosts.length)]!;
  }

  update(priority: number): void {
    this.#sources.update(priority);
    const members = new Set(this.#deps.prioritySet.hostSets.flatMap(({ hosts }) => hosts));
    this.#pool.prune(this.#deps.clock.now, (host) => members.has(host));
  }

  #fromPool(hosts: readonly Host[]): Host | undefined {
    const pool = this.#pool;
    const { priority } = hosts[0]!.endpoint;
    pool.prune(this.#deps.clock.now, (host) => isUsable(host, priority));
    if (pool.entries.length < LEAST) return undefined;
    const threshold = pool.threshold(this.#options.hotQuantile);
    const best = pool.best(threshold)!;
    pool.use(best);
    for (let i = 0; i < this.#options.removals; i++) pool.removeOne(threshold);
    return best.host;
  }

  #sendProbes(hosts: readonly Host[]): void {
    const { probe, clock } = this.#deps;
    for (let i = 0; i < this.#options.probes; i++) {
      this.#random.draw();
      const host = hosts[this.#random.mod(hosts.length)]!;
      probe?.(host, ({ requestsInFlight, latency }) => {
        this.#pool.add({
          host,
          requestsInFlight,
          latency,
          at: clock.now,
          usesLeft: this.#usesOf(hosts.length),
        });
      });
    }
  }

  /** How often an answer may be used so that the pool neither runs dry nor grows stale. */
  #usesOf(hosts: number): number {
    const { probes, poolSize, removals } = this.#options;
    const refill = (1 - Math.min(1, poolSize / hosts)) * probes - removals;
    return refill <= 0 ? 1 : Math.max(1, Math.ceil((1 + SURPLUS) / refill));
  }
}
