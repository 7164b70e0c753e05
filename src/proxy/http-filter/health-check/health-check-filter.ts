import { NO_HEADERS } from "../../../network/stream.ts";
import type {
  FilteredRequest,
  FilteredResponse,
  FilterProcess,
  FilterStatus,
  StreamFilter,
} from "../http-filter.ts";
import type { CachedHealth, HealthCheckCache } from "./health-check-cache.ts";
import type { HealthCheckStats } from "./health-check-stats.ts";

export interface HealthCheckSettings {
  /** Whether the host behind the proxy answers, as far as no cached answer does. */
  readonly passesThrough: boolean;
  /** Percentages of members that must be healthy or degraded, in the order of the clusters' names. */
  readonly minimums: readonly { readonly cluster: string; readonly percent: number }[];
  readonly cache: HealthCheckCache | null;
  readonly stats: HealthCheckStats;
  readonly process: FilterProcess;
}

interface Health extends CachedHealth {
  readonly details: string;
}

/**
 * Answers a health check of this proxy, and tells in every answer that the proxy is not to be sent anything further while
 * its operator makes it fail health checks (Envoy 1.40, source/extensions/filters/http/health_check).
 */
export class HealthCheckFilter implements StreamFilter {
  /** Null: it is no health check, of which nothing is kept, so that one filter serves all such requests. */
  private readonly request: FilteredRequest | null;
  private readonly settings: HealthCheckSettings;

  constructor(request: FilteredRequest | null, settings: HealthCheckSettings) {
    this.request = request;
    this.settings = settings;
  }

  decode(): FilterStatus {
    if (this.request === null) return "continue";
    const { passesThrough, cache } = this.settings;
    this.request.isHealthCheck = true;
    if (this.hasFailed) {
      this.answer({ status: 503, isDegraded: false, details: "health_check_failed" });
      return "stop";
    }
    const cached = cache?.current ?? null;
    if (passesThrough && cached === null) return "continue";
    this.answer(cached === null ? this.ownHealth() : { ...cached, details: "health_check_cached" });
    return "stop";
  }

  encode(response: FilteredResponse): FilterStatus {
    if (this.request !== null) {
      const { cache, process } = this.settings;
      cache?.set({ status: response.status, isDegraded: response.headers.has("x-envoy-degraded") });
      addHeader(response, "x-envoy-upstream-healthchecked-cluster", process.nodeCluster);
    }
    if (this.hasFailed) addHeader(response, "x-envoy-immediate-health-check-fail", "true");
    return "continue";
  }

  private get hasFailed(): boolean {
    return this.settings.process.ownHealth?.hasFailedHealthCheck === true;
  }

  private answer({ status, isDegraded, details }: Health): void {
    const { stats } = this.settings;
    stats.requestTotal.value++;
    if (details === "health_check_cached") stats.cachedResponse.value++;
    if (status >= 200 && status < 300) stats.ok.value++;
    else {
      stats.failed.value++;
      this.request!.setFlag("LH");
    }
    if (isDegraded) stats.degraded.value++;
    const headers = isDegraded ? new Map([["x-envoy-degraded", ""]]) : NO_HEADERS;
    this.request!.replyLocally(status, "", details, headers);
  }

  /** By the health of upstream clusters, where the configuration asks for that. */
  private ownHealth(): Health {
    const { minimums, process, stats } = this.settings;
    let details = "health_check_ok";
    for (const { cluster, percent } of minimums) {
      const members = process.membershipOf(cluster);
      details = "health_check_ok_cluster_healthy";
      if (members === undefined) return failed("no_cluster_found", stats.failedClusterNotFound);
      if (members.total === 0 && percent > 0) return failed("cluster_empty", stats.failedClusterEmpty);
      if (100 * members.available < members.total * percent)
        return failed("cluster_unhealthy", stats.failedClusterUnhealthy);
    }
    return { status: 200, isDegraded: false, details };
  }
}

function addHeader(response: FilteredResponse, name: string, value: string): void {
  response.headers = new Map([...response.headers, [name, value]]);
}

function failed(why: string, counter: { value: number }): Health {
  counter.value++;
  return { status: 503, isDegraded: false, details: `health_check_failed_${why}` };
}
