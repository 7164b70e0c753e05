import type { Host } from "../../cluster/host.ts";
import { metadataValue } from "../../cluster/metadata-value.ts";

/**
 * The text that stands for a host in a ring or table: `hash_key` of its metadata, otherwise its hostname if so
 * configured, otherwise its address with port (Envoy 1.40: `hashKey` in .../common/thread_aware_lb_impl.h).
 */
export function hostHashKey({ endpoint }: Host, useHostname: boolean): string {
  const own = metadataValue(endpoint.metadata, "hash_key");
  if (typeof own === "string" && own !== "") return own;
  return useHostname ? endpoint.hostname : endpoint.address;
}
