import type { Host } from "../../cluster/host.ts";
import type { LoadBalancerContext } from "../policy.ts";

/** A policy's single pick, which starts from scratch each time. */
export interface HostPicker {
  pickHost(context: LoadBalancerContext): Host | null;
}

/**
 * Picks until a host is not rejected by a retry's predicates; the last host allowed is taken even so
 * (Envoy 1.40: `ZoneAwareLoadBalancerBase::chooseHost`).
 */
export function chooseHost(picker: HostPicker, context: LoadBalancerContext): Host | null {
  for (let left = context.hostSelectionRetryCount; ; left--) {
    const host = picker.pickHost(context);
    if (host === null || left <= 0 || !context.shouldSelectAnotherHost(host)) return host;
  }
}
