import type { Json, JsonObject } from "../../../decode/message.ts";
import type { Counter } from "../../../telemetry/stats.ts";
import type { Host } from "../../cluster/host.ts";
import type { LazyHosts } from "../../cluster/lazy-hosts.ts";
import { isList } from "../../cluster/metadata-value.ts";
import type { HostProvider, LoadBalancerContext } from "../policy.ts";
import { isNumericAddress, splitAuthority } from "./numeric-address.ts";

/** What may replace the destination of the connection. */
export interface DestinationOverrides {
  /** Lower-case name of a header; null: none. */
  readonly header: string | null;
  /** Namespace and keys in dynamic metadata; null: none. */
  readonly metadataKey: readonly string[] | null;
  /** Replaces the port, wherever the destination is from; null: it stays. */
  readonly port: number | null;
}

/**
 * The address that the downstream connection was meant for, unless metadata or a header of the request names another
 * one; every address becomes a host of the cluster. Health does not matter, and nothing is drawn. (Envoy 1.40,
 * source/extensions/clusters/original_dst/original_dst_cluster.cc.)
 */
export class OriginalDestination implements HostProvider {
  readonly #overrides: DestinationOverrides;
  readonly #hosts: LazyHosts;
  readonly #invalid: Counter;

  /** `invalid` counts overrides that are no `ip:port`. */
  constructor(overrides: DestinationOverrides, hosts: LazyHosts, invalid: Counter) {
    this.#overrides = overrides;
    this.#hosts = hosts;
    this.#invalid = invalid;
  }

  hostFor(context: LoadBalancerContext): Host | null {
    const destination =
      this.#checked(this.#inMetadata(context)) ??
      this.#checked(this.#inHeader(context)) ??
      context.originalDestination;
    if (destination === null) return null;
    const address = this.#withPort(destination);
    return this.#hosts.find(address) ?? this.#hosts.add(address, address, "");
  }

  #inMetadata({ dynamicMetadata }: LoadBalancerContext): string | undefined {
    const { metadataKey } = this.#overrides;
    if (metadataKey === null || dynamicMetadata === null) return undefined;
    const found = metadataKey.reduce<Json | undefined>(
      (value, key) => (isMapping(value) ? value[key] : undefined),
      dynamicMetadata,
    );
    const first = found !== undefined && isList(found) ? found[0] : found;
    return typeof first === "string" ? first : undefined;
  }

  #inHeader({ head }: LoadBalancerContext): string | undefined {
    const { header } = this.#overrides;
    if (header === null) return undefined;
    // Of several values Envoy believes the first.
    return head.headers.get(header)?.[0];
  }

  #checked(address: string | undefined): string | null {
    if (address === undefined) return null;
    if (isNumericAddress(address)) return address;
    this.#invalid.value++;
    return null;
  }

  #withPort(address: string): string {
    const { port } = this.#overrides;
    return port === null ? address : `${splitAuthority(address).host}:${port}`;
  }
}

function isMapping(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !isList(value);
}
