import type { Counter, Gauge, Stats } from "../../../telemetry/stats.ts";
import type { Host } from "../../cluster/host.ts";
import type { LazyHosts } from "../../cluster/lazy-hosts.ts";
import type { HostProvider, LoadBalancerContext } from "../policy.ts";
import { isIp, splitAuthority } from "./numeric-address.ts";

/** Details of an answer where the cache has room for no further host. */
const OVERFLOW = "dns_cache_overflow";
/** What Envoy's resolver says of a name that it does not find. */
const NOT_FOUND = "dns_resolution_failure{cares_norecords:Domain_name_not_found}";
const NO_AUTHORITY = "empty_host_header";

/** The first address that a name stands for; null where nobody has that name. */
export type ResolveName = (name: string) => string | null;

export interface ForwardOptions {
  /** Of names in the cache. */
  readonly maxHosts: number;
  /** Where the authority names none. */
  readonly defaultPort: number;
}

/** The cache of names of one proxy process, shared by its filter and its cluster (Envoy: DnsCache). */
export class NameCache {
  readonly #resolve: ResolveName;
  readonly #maxHosts: number;
  /** By `name:port`; null: not found. */
  readonly #entries = new Map<string, string | null>();
  readonly #queryAttempt: Counter;
  readonly #querySuccess: Counter;
  readonly #hostAdded: Counter;
  readonly #addressChanged: Counter;
  readonly #overflow: Counter;
  readonly #numHosts: Gauge;

  constructor(name: string, maxHosts: number, resolve: ResolveName, stats: Stats) {
    const prefix = `dns_cache.${name}.`;
    this.#resolve = resolve;
    this.#maxHosts = maxHosts;
    this.#queryAttempt = stats.counter(`${prefix}dns_query_attempt`);
    this.#querySuccess = stats.counter(`${prefix}dns_query_success`);
    this.#hostAdded = stats.counter(`${prefix}host_added`);
    this.#addressChanged = stats.counter(`${prefix}host_address_changed`);
    this.#overflow = stats.counter(`${prefix}host_overflow`);
    this.#numHosts = stats.gauge(`${prefix}num_hosts`);
  }

  /** `ip:port` for `name:port`; null: the name is not found; undefined: there is no room for it. */
  load(key: string): string | null | undefined {
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    if (this.#entries.size >= this.#maxHosts) {
      this.#overflow.value++;
      return undefined;
    }
    const address = this.#lookUp(key);
    this.#entries.set(key, address);
    this.#hostAdded.value++;
    this.#numHosts.value = this.#entries.size;
    return address;
  }

  /** A name that is not found is an answer too. Numeric addresses are looked up as well. */
  #lookUp(key: string): string | null {
    const { host, port } = splitAuthority(key);
    this.#queryAttempt.value++;
    this.#querySuccess.value++;
    const ip = isIp(host) ? host : this.#resolve(host);
    if (ip === null) return null;
    this.#addressChanged.value++;
    return `${ip}:${port}`;
  }
}

/**
 * The host that the authority of a request names: an IP address or a name. Each pair of name and port is looked up
 * once and becomes a host of the cluster. Draws nothing. (Envoy 1.40, source/extensions/clusters/dynamic_forward_proxy.)
 * Looking up takes no time here, and what was found is kept to the end.
 */
export class DynamicForward implements HostProvider {
  readonly #options: ForwardOptions;
  readonly #cache: NameCache;
  readonly #hosts: LazyHosts;
  whyNoHost: string | undefined = undefined;

  constructor(options: ForwardOptions, cache: NameCache, hosts: LazyHosts) {
    this.#options = options;
    this.#cache = cache;
    this.#hosts = hosts;
  }

  hostFor({ head }: LoadBalancerContext): Host | null {
    const { authority } = head;
    this.whyNoHost = this.whyNot(authority);
    if (this.whyNoHost !== undefined) return null;
    const key = this.#keyOf(authority);
    return this.#hosts.find(key) ?? this.#hosts.add(key, this.#cache.load(key)!, key);
  }

  /** Why nothing can be sent to this authority, as response code details; undefined: it can. */
  whyNot(authority: string): string | undefined {
    if (authority === "") return NO_AUTHORITY;
    const address = this.#cache.load(this.#keyOf(authority));
    if (address === undefined) return OVERFLOW;
    return address === null ? NOT_FOUND : undefined;
  }

  #keyOf(authority: string): string {
    const { host, port = this.#options.defaultPort } = splitAuthority(authority);
    return `${host}:${port}`;
  }
}
