import type { HttpFilterKind } from "../http-filter.ts";
import { DynamicForwardProxyFilter } from "./dynamic-forward-proxy-filter.ts";

export const dynamicForwardProxy: HttpFilterKind = {
  type: "envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig",
  routeType: "envoy.extensions.filters.http.dynamic_forward_proxy.v3.PerRouteConfig",
  read(config) {
    // The cache is described by the cluster as well, in the same words.
    config.raw("dns_cache_config");
    return (process) => () => (request) => new DynamicForwardProxyFilter(request, process);
  },
};
