import type { U64 } from "../hash/u64.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { Connection } from "../network/connection.ts";
import type { LoadBalancerContext, MetadataMatch } from "./load-balancing/policy.ts";
import { hashFilterState, hashSourceIp } from "./load-balancing/shared/hash-policy/hashed-parts.ts";
import type { HashPolicy } from "./tcp-proxy/tcp-proxy-config.ts";

/** Bytes have no headers. */
const NO_HEAD: RequestHead = {
  method: "",
  scheme: "",
  authority: "",
  path: "",
  headers: new Map(),
  bodyBytes: 0,
};

/** A connection that needs a host, as load balancers see it (Envoy 1.40, TcpProxy::Filter as a LoadBalancerContext). */
export abstract class BalancedConnection implements LoadBalancerContext {
  readonly head = NO_HEAD;
  readonly filterState = null;
  readonly dynamicMetadata = null;
  readonly hostSelectionRetryCount = 0;
  readonly retryPriority = null;
  overridesUsed = 0;
  readonly connection: Connection;
  private readonly hashPolicy: HashPolicy | null;

  constructor(connection: Connection, hashPolicy: HashPolicy | null) {
    this.connection = connection;
    this.hashPolicy = hashPolicy;
  }

  abstract get metadataMatch(): MetadataMatch | null;

  abstract get originalDestination(): string | null;

  get remoteAddress(): string {
    return (this.connection.restored ?? this.connection).source;
  }

  get localAddress(): string {
    return (this.connection.restored ?? this.connection).target;
  }

  /** The number of the attempt has no part in it, so that each attempt goes to the same host. */
  hashKey(): U64 | null {
    const policy = this.hashPolicy;
    if (policy === null) return null;
    return policy.kind === "source-ip" ? hashSourceIp(this) : hashFilterState(policy.key)(this);
  }

  shouldSelectAnotherHost(): boolean {
    return false;
  }

  addCookie(): void {}
}
