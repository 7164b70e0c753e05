import type { FilteredRequest, FilterProcess, FilterStatus, StreamFilter } from "../http-filter.ts";

/**
 * Looks up the authority of a request to a dynamic forward proxy's cluster, before the route rewrites anything
 * (Envoy 1.40, source/extensions/filters/http/dynamic_forward_proxy).
 */
export class DynamicForwardProxyFilter implements StreamFilter {
  private readonly request: FilteredRequest;
  private readonly process: FilterProcess;

  constructor(request: FilteredRequest, process: FilterProcess) {
    this.request = request;
    this.process = process;
  }

  decode(): FilterStatus {
    const { head, routedCluster } = this.request;
    const details =
      routedCluster === null ? undefined : this.process.whyUnresolved(routedCluster, head.authority);
    if (details === undefined) return "continue";
    this.request.setFlag("DF");
    this.request.replyLocally(503, "DNS resolution failure", details);
    return "stop";
  }
}
