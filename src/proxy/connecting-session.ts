import type { Request } from "../http/request.ts";
import { ResetReason } from "../http/reset-reason.ts";
import { ResponseFlag, type ResponseFlagName } from "../http/response-flags.ts";
import type { Handle } from "../kernel/simulator.ts";
import type { ClientHello } from "../network/client-hello.ts";
import type { Closing, Connection, Protocol } from "../network/connection.ts";
import { BalancedConnection } from "./balanced-connection.ts";
import type { PooledConnection } from "./connection-pool/pooled-connection.ts";
import type { TcpConnection } from "./connection-pool/tcp-connection.ts";
import type { TcpPool, TcpUser } from "./connection-pool/tcp-pool.ts";
import type { MetadataMatch } from "./load-balancing/policy.ts";
import { chooseCluster, type TcpRoute } from "./tcp-proxy/cluster-choice.ts";
import type { TcpProxy } from "./tcp-proxy.ts";
import type { UpstreamHost, WorkerCluster } from "./worker-cluster.ts";

/** Why there is no upstream connection: the numbers in Envoy's close reasons (TcpProxy::UpstreamFailureReason). */
const Failure = { connectFailed: 0, noHealthyUpstream: 1, resourceLimitExceeded: 2, noRoute: 3 } as const;
type Failure = (typeof Failure)[keyof typeof Failure];

const resetReasons = Object.values(ResetReason);
/** In the digest, results from here on are indices of reset reasons. */
const FIRST_RESET_RESULT = 1000;
/** In the digest, the attempt that found no host. */
const NO_HOST = -1;

/**
 * A connection from a client and the attempts to connect it with a host: each chooses cluster and host anew
 * (Envoy 1.40, Filter::establishUpstreamConnection in source/common/tcp_proxy/tcp_proxy.cc).
 */
export abstract class ConnectingSession extends BalancedConnection implements TcpUser {
  readonly proxy: TcpProxy;
  /** The request that the connection was opened for, otherwise the first one on it; null while that is not known. */
  request: Request | null;
  attemptCount = 0;
  flags = 0;
  /** In the order in which they were set. */
  readonly flagsInOrder: ResponseFlagName[] = [];
  /** Envoy's `%DOWNSTREAM_LOCAL_CLOSE_REASON%`; null: there is none. */
  closeReason: string | null = null;
  /** Of the latest attempt, if its cluster exists. */
  clusterName: string | null = null;
  /** Of the latest attempt that has come to an end, as far as the log knows; null: none. */
  upstreamHost: UpstreamHost | null = null;
  /** Null before it is connected, and when that is over. */
  protected upstream: TcpConnection | null = null;
  /** In the place of a single configured cluster; null: a network filter has named none. */
  protected namedCluster: string | null = null;
  private route: TcpRoute | null = null;
  private cluster: WorkerCluster | null = null;
  /** Of the latest attempt. */
  private attempted: UpstreamHost | null = null;
  /** Where it waits for a connection; null: nowhere. */
  private pool: TcpPool | null = null;
  private backOffTimer: Handle = 0;

  constructor(proxy: TcpProxy, connection: Connection) {
    super(connection, proxy.parts.config.hashPolicy);
    this.proxy = proxy;
    this.request = connection.cause;
  }

  get protocol(): Protocol {
    return this.connection.protocol;
  }

  /** TLS that this proxy does not end is the host's. */
  get passedHello(): ClientHello | null {
    return this.proxy.parts.endsTls ? null : this.connection.hello;
  }

  /** Whether the client itself has opened it: this proxy is the first one of its requests. */
  get isFirstHop(): boolean {
    return this.connection.out.path.from.kind === "client";
  }

  get metadataMatch(): MetadataMatch | null {
    return this.route?.metadataMatch ?? null;
  }

  get originalDestination(): string | null {
    const { redirectsTo } = this.proxy;
    const { target, restored } = this.connection;
    if (restored !== null && restored.target !== target) return restored.target;
    return redirectsTo === null || target === redirectsTo ? null : target;
  }

  setFlag(name: ResponseFlagName): void {
    if (this.flags & ResponseFlag[name]) return;
    this.flags |= ResponseFlag[name];
    this.flagsInOrder.push(name);
  }

  /** There is a connection to a host. */
  protected abstract onUpstreamConnected(): void;

  /** An attempt has failed; another one may follow. */
  protected abstract onAttemptFailed(): void;

  /** Ends it from this side. */
  protected abstract closeFor(reason: string): void;

  abstract onUpstreamClosed(closing: Closing): void;

  abstract onUpstreamGoAway(): void;

  connect(): void {
    const { proxy } = this;
    this.backOffTimer = 0;
    this.route = chooseCluster(proxy.parts.config.clusters, this.namedCluster, proxy.random);
    const cluster = proxy.worker.cluster(this.route.cluster);
    if (cluster === undefined) {
      proxy.parts.stats.downstreamCxNoRoute.value++;
      this.fail("NC", Failure.noRoute);
      return;
    }
    this.cluster = cluster;
    this.clusterName = cluster.cluster.name;
    // Asked here, since the pool would let it wait for a connection that is never given back.
    if (cluster.breakers("default").connections.canCreate()) this.connectTo(cluster);
    else {
      cluster.cluster.stats.upstreamCxOverflow.value++;
      proxy.overflowed();
      this.fail("UO", Failure.resourceLimitExceeded);
    }
  }

  private connectTo(cluster: WorkerCluster): void {
    const { proxy } = this;
    const host = cluster.loadBalancer.chooseHost(this);
    if (host === null) {
      cluster.cluster.stats.upstreamCxNoneHealthy.value++;
      proxy.attemptEnded(NO_HOST, 503);
      this.fail("UH", Failure.noHealthyUpstream);
      return;
    }
    if (this.attemptCount > 0) proxy.retried();
    this.attemptCount++;
    const upstream = cluster.upstream(host);
    this.attempted = upstream;
    if (this.request !== null) this.request.lastHost = upstream.stationNumber;
    proxy.attemptStarted(this.isFirstHop ? this.request : null);
    this.pool = upstream.tcpPool;
    this.pool.newUser(this);
  }

  onPoolReady(pooled: PooledConnection): void {
    const upstream = pooled as TcpConnection;
    this.pool = null;
    this.upstream = upstream;
    upstream.user = this;
    upstream.connection.protocol = this.protocol;
    this.upstreamHost = this.attempted;
    this.upstreamHost!.monitor?.putResult("LocalOriginConnectSuccessFinal");
    this.onUpstreamConnected();
  }

  onPoolFailure(reason: ResetReason): void {
    const { proxy, attempted } = this;
    this.pool = null;
    if (reason === ResetReason.connectionTimeout) {
      attempted!.monitor?.putResult("LocalOriginTimeout");
      this.setFlag("UF");
    } else if (reason === ResetReason.remoteConnectionFailure) {
      this.setFlag("UF");
      attempted!.monitor?.putResult("LocalOriginConnectFailed");
    }
    proxy.attemptEnded(attempted!.stationNumber, FIRST_RESET_RESULT + resetReasons.indexOf(reason));
    // Envoy does not know the host of an attempt that its pool would not let wait.
    this.upstreamHost = reason === ResetReason.overflow ? null : attempted;
    this.onAttemptFailed();
    const { config, backOff } = proxy.parts;
    if (this.attemptCount >= config.maxConnectAttempts) {
      this.cluster!.cluster.stats.upstreamCxConnectAttemptsExceeded.value++;
      this.fail("URX", Failure.connectFailed);
    } else {
      // Also without a delay only after everything that happens now.
      this.backOffTimer = proxy.simulator.after(backOff?.next(proxy.random) ?? 0, connectAgain, this);
    }
  }

  /** It ends while it waits for a connection, for the next attempt or for nothing. */
  protected stopConnecting(): void {
    this.proxy.simulator.cancel(this.backOffTimer);
    const { pool } = this;
    this.pool = null;
    pool?.cancelUser(this);
  }

  private fail(flag: ResponseFlagName, reason: Failure): void {
    this.setFlag(flag);
    // The spelling is Envoy's.
    this.closeFor(`tcp_initializion_failure:${reason}`);
  }
}

function connectAgain(session: ConnectingSession): void {
  session.connect();
}
