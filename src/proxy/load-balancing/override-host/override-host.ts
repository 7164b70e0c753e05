import type { Json, JsonObject } from "../../../decode/message.ts";
import { headerValues } from "../../../http/request-head.ts";
import type { Host } from "../../cluster/host.ts";
import type { LoadReport } from "../../cluster/load-report.ts";
import type { PrioritySet } from "../../cluster/priority-set.ts";
import { type BalancerView, withNote } from "../balancer-view.ts";
import type { LoadBalancer, LoadBalancerContext, LoadBalancerDeps, RequestView } from "../policy.ts";

/** Where a request names hosts: in a header, or in what filters have noted about it. */
export type OverrideSource =
  | { readonly header: string }
  | { readonly namespace: string; readonly path: readonly string[] };

/**
 * Takes the hosts that the request itself names, one for each attempt, whatever their health; when they are used
 * up, a fallback policy chooses (Envoy 1.40, .../override_host). Draws only what the fallback draws.
 */
export class OverrideHost implements LoadBalancer {
  readonly #prioritySet: PrioritySet;
  readonly #sources: readonly OverrideSource[];
  readonly #fallback: LoadBalancer;
  #hosts: ReadonlyMap<string, Host>;

  constructor(deps: LoadBalancerDeps, sources: readonly OverrideSource[], fallback: LoadBalancer) {
    this.#prioritySet = deps.prioritySet;
    this.#sources = sources;
    this.#fallback = fallback;
    this.#hosts = byAddress(deps.prioritySet);
  }

  chooseHost(context: LoadBalancerContext): Host | null {
    const named = this.#sources.flatMap((source) => hostsNamedBy(source, context));
    while (context.overridesUsed < named.length) {
      const host = this.#hosts.get(named[context.overridesUsed++]!);
      if (host !== undefined) return host;
    }
    return this.#fallback.chooseHost(context);
  }

  view(context: LoadBalancerContext): BalancerView | null {
    const view = this.#fallback.view?.(context) ?? null;
    const named = this.#sources.flatMap((source) => hostsNamedBy(source, context));
    return view && named.length > 0 ? withNote(view, `the request names ${named.join(", ")} itself`) : view;
  }

  update(priority: number): void {
    this.#hosts = byAddress(this.#prioritySet);
    this.#fallback.update(priority);
  }

  onLoadReport(host: Host, report: LoadReport): void {
    this.#fallback.onLoadReport?.(host, report);
  }
}

function byAddress({ hostSets }: PrioritySet): Map<string, Host> {
  return new Map(hostSets.flatMap(({ hosts }) => hosts.map((host) => [host.address, host] as const)));
}

function hostsNamedBy(source: OverrideSource, request: RequestView): string[] {
  const text =
    "header" in source ? headerValues(request.head, source.header)[0] : metadataText(source, request);
  if (text === undefined) return [];
  return text
    .split(",")
    .map((address) => address.trim())
    .filter((address) => address !== "");
}

function metadataText(
  { namespace, path }: Extract<OverrideSource, { namespace: string }>,
  { dynamicMetadata }: RequestView,
): string | undefined {
  let value: Json | undefined = dynamicMetadata ?? undefined;
  for (const key of [namespace, ...path]) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as JsonObject)[key];
  }
  return typeof value === "string" ? value : undefined;
}
