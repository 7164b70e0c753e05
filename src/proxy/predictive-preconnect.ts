import { MAX_CREATIONS, type PoolLoad } from "./connection-pool/connection-pool.ts";
import { wantsConnection } from "./connection-pool/preconnect.ts";
import type { LoadBalancerContext } from "./load-balancing/policy.ts";
import type { RoutingPriority } from "./routing/route-match.ts";
import type { Worker } from "./worker.ts";
import type { WorkerCluster } from "./worker-cluster.ts";

/**
 * Opens connections to the hosts that the balancer will choose next, when a stream is about to begin: as long as
 * those of the worker, to all its clusters, have less room than its streams times the ratio
 * (Envoy 1.40, ClusterManagerImpl::maybePreconnect).
 */
export class PredictivePreconnect {
  private readonly worker: Worker;
  private readonly ratio: number;

  /** `ratio` is above 1. */
  constructor(worker: Worker, ratio: number) {
    this.worker = worker;
    this.ratio = ratio;
  }

  beforeStream(cluster: WorkerCluster, priority: RoutingPriority, context: LoadBalancerContext): void {
    for (let i = 0; i < MAX_CREATIONS; i++) {
      const { pending, active, capacity } = this.load;
      if (!wantsConnection(pending + 1, active, capacity, this.ratio)) return;
      const host = cluster.loadBalancer.peekHost?.(context) ?? null;
      const pool = host && cluster.upstream(host).pool(priority);
      if (pool === null || !pool.preconnect(this.ratio)) return;
    }
  }

  private get load(): PoolLoad {
    const load = { pending: 0, active: 0, capacity: 0 };
    for (const cluster of this.worker.clusters.values()) cluster.addLoad(load);
    return load;
  }
}
