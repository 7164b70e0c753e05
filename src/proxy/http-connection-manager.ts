import type { RequestHead } from "../http/request-head.ts";
import { ResetReason } from "../http/reset-reason.ts";
import type { Simulator } from "../kernel/simulator.ts";
import { type Nanoseconds, wholeNanoseconds } from "../kernel/time.ts";
import type { Closing, Connection } from "../network/connection.ts";
import type { Stream } from "../network/stream.ts";
import { LuckPurpose, luck } from "../random/luck.ts";
import type { Random64 } from "../random/random64.ts";
import { AsyncClient } from "./async-client.ts";
import { DownstreamConnection } from "./downstream-connection.ts";
import type { ListenerDrain } from "./draining/listener-drain.ts";
import type { Exchange } from "./exchange.ts";
import type { ExchangeManager, Redirector } from "./exchange-manager.ts";
import { certificateOf } from "./filter-chain-config.ts";
import type { PendingCall, RateLimitCall, RateLimitCallReceiver } from "./http-filter/http-filter.ts";
import type { WorkerFilters } from "./http-filter/http-filters.ts";
import type { HttpManagerStats } from "./http-manager-stats.ts";
import type { RedirectFailure } from "./internal-redirect.ts";
import type { HttpConnectionManagerConfig } from "./listener-config.ts";
import { MirrorSender } from "./mirror-sender.ts";
import type { OverloadManager } from "./overload/overload-manager.ts";
import type { Proxy } from "./proxy.ts";
import type { ProxyTrace } from "./proxy-trace.ts";
import { answerDirectly, answerWithoutRoute, refusePath } from "./route-answers.ts";
import { RoutedRequest } from "./router.ts";
import { NO_FILTER_LEVELS } from "./routing/filter-levels.ts";
import { type MirrorPolicy, wantedCopies } from "./routing/mirror-policy.ts";
import type { PeerCertificate } from "./routing/peer-certificate.ts";
import type { RouteMatch, StreamId } from "./routing/route-match.ts";
import type { ConnectionServer } from "./served-connection.ts";
import { callService } from "./service-caller.ts";
import type { TimerClock } from "./timer-clock.ts";
import type { Worker } from "./worker.ts";

const GRPC_DEADLINE_EXCEEDED = 4;
const BAD_REQUEST = 400;
/** Part of the drain time after which every answer ends its connection, so that some is left for those without requests. */
const DRAIN_RAMP = 0.5;

/**
 * The downstream side of a listener on one worker: takes requests, finds their route, and gives the answers
 * (Envoy 1.40, source/common/http/conn_manager_impl.cc).
 */
export class HttpConnectionManager implements ExchangeManager, Redirector, ConnectionServer {
  readonly simulator: Simulator;
  readonly worker: Worker;
  readonly timerClock: TimerClock;
  /** Set by the listener, which keeps account of its connections. */
  closeConnection!: (connection: Connection, closing: Closing) => void;
  /** `ip:port` of its listener, if that finds out what redirected connections were meant for; null otherwise. */
  redirectsTo: string | null = null;
  drain: ListenerDrain | null = null;
  readonly redirector = this;
  private readonly client: AsyncClient;
  private readonly mirrors: MirrorSender;
  /** True while a request's headers are looked at: its body, if it has one, has not been read yet. */
  private isRouting = false;
  private readonly proxy: Proxy;
  private readonly config: HttpConnectionManagerConfig;
  readonly stats: HttpManagerStats;
  private readonly filters: WorkerFilters;
  private readonly overload: OverloadManager | null;

  constructor(
    proxy: Proxy,
    worker: Worker,
    config: HttpConnectionManagerConfig,
    stats: HttpManagerStats,
    filters: WorkerFilters,
    overload: OverloadManager | null,
  ) {
    this.simulator = proxy.deps.simulator;
    this.proxy = proxy;
    this.worker = worker;
    this.timerClock = worker.timerClock;
    this.config = config;
    this.stats = stats;
    this.filters = filters;
    this.overload = overload;
    this.client = new AsyncClient(proxy.deps, worker, config.routerOptions, stats.asyncClientRqTotal);
    this.mirrors = new MirrorSender(this.client);
  }

  get trace(): ProxyTrace | undefined {
    return this.proxy.deps.trace;
  }

  /** This worker's own draws. */
  get random(): Random64 {
    return this.worker.random;
  }

  newStreamId(): StreamId {
    return this.worker.newStreamId();
  }

  /** What is known of the certificate of who has sent a request. */
  private certificateOf({ connection }: Stream): PeerCertificate {
    const { tls } = this.config;
    return tls === null ? "none" : certificateOf(connection!, tls);
  }

  handle(stream: Stream): void {
    const { isHealthCheck } = stream.request;
    if (isHealthCheck && stream.head.method === "") {
      this.closeConnection(stream.connection!, "closed");
      return;
    }
    const routed = this.begin(stream, this.simulator.now);
    const overhead = this.overheadOf(stream);
    if (overhead === 0) this.route(routed);
    else this.simulator.after(overhead, route, routed);
  }

  private begin(stream: Stream, startedAt: Nanoseconds): RoutedRequest {
    const routed = new RoutedRequest(this, stream, startedAt);
    stream.handling = routed;
    this.stats.downstreamRqTotal.value++;
    this.stats.byProtocol[stream.connection!.protocol].rqTotal.value++;
    this.stats.downstreamRqActive.value++;
    // Nobody waits for a health check when all else has ended.
    if (!stream.request.isHealthCheck) this.proxy.deps.activity.begin();
    return routed;
  }

  abandon(stream: Stream): void {
    const routed = stream.handling as RoutedRequest;
    stream.handling = null;
    this.stats.downstreamRqRxReset.value++;
    routed.abandon();
  }

  route(routed: RoutedRequest): void {
    if (routed.isFinished) return;
    if (this.overload?.refusesRequest(this.random)) {
      this.refuseForOverload(routed);
      return;
    }
    const { downstream } = routed;
    const peer = downstream.connection!.out.path.from.address;
    const { head, isInternal, refusal } = this.config.heads.receive(downstream.head, peer);
    routed.head = head;
    routed.isInternal = isInternal;
    this.isRouting = true;
    if (refusal === undefined) this.routeBy(routed);
    else {
      // The path is not fit for routing; whose virtual host it would have been is known all the same.
      routed.match = { kind: "none", virtualHost: this.config.routes.virtualHostOf(routed.head) };
      refusePath(routed, this.stats, refusal.redirectTo);
    }
    this.isRouting = false;
  }

  /** How long a connection may be idle, which overload may reduce. */
  scaledIdleTimeout(full: Nanoseconds): Nanoseconds {
    return this.overload === null ? full : this.overload.connectionIdleTimeout(full);
  }

  private refuseForOverload(routed: RoutedRequest): void {
    this.stats.downstreamRqOverloadClose.value++;
    routed.match = { kind: "none", virtualHost: null };
    this.isRouting = true;
    routed.replyLocally(503, "envoy overloaded", "overload");
    this.isRouting = false;
  }

  private routeBy(routed: RoutedRequest): void {
    const { routes } = this.config;
    const certificate = this.certificateOf(routed.downstream);
    const streamId = this.worker.newStreamId();
    const match = routes.match(routed.head, streamId, certificate, routed);
    routed.match = match;
    this.trace?.routed(routed, routes, certificate, routed);
    if (match.kind === "route" && match.route.mirrors.length > 0)
      routed.copies = wantedCopies(match.route.mirrors, routed.head.method, streamId);
    if (this.filters.isEmpty) {
      this.onDecoded(routed);
      return;
    }
    const levels = match.kind === "none" ? NO_FILTER_LEVELS : match.filterLevels;
    routed.filters = this.filters.chainFor(routed, levels);
    routed.filters.continueDecoding();
    if (routed.filters.holdsRequest) this.limitHeld(routed, match);
  }

  /** The time limits run while a filter keeps a request back, too. */
  private limitHeld(routed: RoutedRequest, match: RouteMatch): void {
    const { streamIdleTimeout, maxStreamDuration, plansOf } = this.config;
    if (match.kind !== "route") {
      routed.startTimers(streamIdleTimeout, maxStreamDuration);
      return;
    }
    const { streamDuration } = plansOf(match.route).planFor(routed.head);
    routed.startTimers(match.route.idleTimeout ?? streamIdleTimeout, streamDuration);
  }

  /** The filters have let the request pass: what its route says is done. */
  onDecoded(exchange: Exchange): void {
    const routed = exchange as RoutedRequest;
    const match = routed.match!;
    this.stats.rqTotal.value++;
    if (match.kind === "route") this.send(routed, match);
    else if (match.kind === "direct") answerDirectly(routed, this.stats, match);
    else answerWithoutRoute(routed, this.stats);
  }

  private send(routed: RoutedRequest, { route: entry, cluster: name }: RouteMatch & { kind: "route" }): void {
    const cluster = this.worker.cluster(name);
    if (cluster === undefined) {
      this.stats.noCluster.value++;
      routed.setFlag("NC");
      routed.replyLocally(entry.clusterNotFoundStatus, "", "cluster_not_found");
      return;
    }
    routed.send(entry, this.config.plansOf(entry), cluster);
    routed.limit(this.config.streamIdleTimeout);
  }

  originalDestinationOf({ downstream }: Exchange): string | null {
    const { redirectsTo } = this;
    const { target } = downstream.connection!;
    return redirectsTo === null || target === redirectsTo ? null : target;
  }

  // Requests that the proxy itself causes

  mirror(
    exchange: Exchange,
    policies: readonly MirrorPolicy[],
    head: RequestHead,
    timeout: Nanoseconds,
  ): void {
    this.mirrors.mirror(exchange, policies, head, timeout);
  }

  callService(exchange: Exchange, call: RateLimitCall, receiver: RateLimitCallReceiver): PendingCall | null {
    const { request, visit } = exchange.downstream;
    return callService(this.client, { request, visit, number: exchange.calls++ }, call, receiver);
  }

  routeOf(head: RequestHead, { downstream }: Exchange): RouteMatch {
    const origin = { remoteAddress: downstream.connection?.source ?? "" };
    return this.config.routes.match(head, this.worker.newStreamId(), this.certificateOf(downstream), origin);
  }

  redirectFailed(reason: RedirectFailure): void {
    const counter = this.stats.passthroughInternalRedirect.get(reason);
    if (counter !== undefined) counter.value++;
  }

  recreate(exchange: Exchange, head: RequestHead, status: number): void {
    const routed = this.begin(exchange.downstream, exchange.startedAt);
    routed.head = head;
    routed.isInternal = exchange.isInternal;
    routed.redirectHistory = exchange.redirectHistory;
    this.ended(exchange, status, 0);
    this.routeBy(routed);
  }

  // What the router reports

  attemptStarted({ downstream }: Exchange): void {
    const { tally, recorder } = this.proxy.deps;
    tally.count(tally.attempts, this.simulator.now);
    if (downstream.isFirstHop) recorder.attemptStarted(downstream.request);
  }

  attemptEnded(host: number, result: number): void {
    this.proxy.deps.recorder.attemptEnded(host, result);
  }

  retried(): void {
    const { tally } = this.proxy.deps;
    tally.count(tally.retries, this.simulator.now);
  }

  overflowed(): void {
    this.proxy.overflowed();
  }

  respond(exchange: Exchange, status: number, bodyBytes: number): void {
    const { downstream } = exchange;
    if (!exchange.isHealthCheck) this.stats.codes.charge(status);
    this.ended(exchange, status, bodyBytes);
    downstream.status = status;
    downstream.responseBodyBytes = bodyBytes;
    const connection = downstream.connection!;
    const isTooEarly = this.isRouting && downstream.head.bodyBytes > 0;
    if (isTooEarly) {
      this.stats.downstreamRqResponseBeforeRqComplete.value++;
      this.stats.downstreamRqRxReset.value++;
    }
    const isHttp1 = connection.protocol === "http1";
    // HTTP/1.1 cannot go on behind a request that was answered before its body was read, or that makes no sense.
    const closes = isHttp1 && (isTooEarly || (status === BAD_REQUEST && exchange.localReply !== null));
    const handler = connection.handler as DownstreamConnection;
    if (this.overload !== null && handler.isOpen && this.overload.endsKeepAlive(this.random))
      handler.endForOverload();
    if (this.drain !== null) this.endIfDraining(handler);
    downstream.closesConnection = handler.closesAfterAnswer || closes;
    connection.respond(downstream);
    if (closes && isTooEarly) handler.endUnread();
    handler.streamEnded();
    if (closes && !isTooEarly) this.closeConnection(connection, "closed");
  }

  abandoned(exchange: Exchange): void {
    this.ended(exchange, 0, 0);
  }

  /** Passes on the beginning of an answer; a reset will follow. */
  startResponse(exchange: Exchange, status: number, bodyBytes: number): void {
    const { downstream } = exchange;
    downstream.status = status;
    downstream.responseBodyBytes = bodyBytes;
    downstream.isResponseComplete = false;
    if (this.drain !== null) this.endIfDraining(downstream.connection!.handler as DownstreamConnection);
    downstream.connection!.respond(downstream);
  }

  /** Asked with the headers of each answer (Envoy 1.40, ConnectionManagerImpl::ActiveStream::encodeHeaders). */
  private endIfDraining(handler: DownstreamConnection): void {
    if (handler.isOpen && this.drain!.closes(DRAIN_RAMP, this.random)) handler.endForDrain();
  }

  /** Breaks off an answer that has begun. Of HTTP/1.1 Envoy leaves the closing to the client for a while. */
  resetDownstream(exchange: Exchange): void {
    const { downstream } = exchange;
    const connection = downstream.connection!;
    this.stats.downstreamRqTxReset.value++;
    this.stats.downstreamRqRxReset.value++;
    this.stats.codes.charge(downstream.status);
    this.ended(exchange, downstream.status, 0);
    const { delayedCloseTimeout } = this.config.connectionLimits;
    if (connection.protocol === "http2") connection.resetByPeer(downstream, ResetReason.remoteReset);
    else this.simulator.after(delayedCloseTimeout, closeTruncated, { manager: this, connection });
    (connection.handler as DownstreamConnection).streamEnded();
  }

  onIdleTimeout(exchange: Exchange): void {
    this.stats.downstreamRqIdleTimeout.value++;
    exchange.setFlag("SI");
    exchange.cutShort("stream timeout", "stream_idle_timeout", undefined);
  }

  onMaxDuration(exchange: Exchange): void {
    this.stats.downstreamRqMaxDurationReached.value++;
    exchange.cutShort("downstream duration timeout", "max_duration_timeout", GRPC_DEADLINE_EXCEEDED);
  }

  /** The cluster of its route, if that exists, for logs. */
  private clusterNameOf({ routedCluster }: Exchange): string | null {
    return routedCluster !== null && this.worker.cluster(routedCluster) !== undefined ? routedCluster : null;
  }

  private ended(exchange: Exchange, status: number, bodyBytes: number): void {
    const { recorder, activity } = this.proxy.deps;
    this.stats.downstreamRqActive.value--;
    if (exchange.downstream.isFirstHop) recorder.flagged(exchange.downstream.request, exchange.flags);
    this.trace?.ended(exchange, status);
    if (recorder.accessLog !== null)
      this.proxy.logAccess(exchange, this.clusterNameOf(exchange), status, bodyBytes);
    if (!exchange.downstream.request.isHealthCheck) activity.end();
  }

  /** Time that the proxy itself takes for a request. */
  private overheadOf({ request, visit }: Stream): Nanoseconds {
    const { overhead, station } = this.proxy.deps;
    if (overhead.constant !== undefined) return wholeNanoseconds(overhead.constant);
    const u = luck(request.keyHigh, request.keyLow, station.place, visit, LuckPurpose.overhead);
    return wholeNanoseconds(overhead.quantile(u));
  }

  // Connections

  /** A connection has come to this worker. */
  open(connection: Connection): DownstreamConnection {
    this.stats.connectionOpened(connection.protocol);
    return new DownstreamConnection(this, connection, this.config.connectionLimits);
  }

  goDown(): void {
    this.client.abandonAll();
  }

  /** `local`: this process has closed it. */
  closed(downstream: DownstreamConnection, by: "local" | "remote"): void {
    downstream.stop();
    this.stats.connectionClosed(downstream.connection.protocol, by, downstream.hasActiveStreams);
  }
}

/** Only connection managers let requests wait for the proxy's overhead. */
function route(routed: RoutedRequest): void {
  (routed.manager as HttpConnectionManager).route(routed);
}

/** Envoy says nothing after the part of an answer: a client that waits for the rest learns of it only now. */
function closeTruncated({
  manager,
  connection,
}: {
  manager: HttpConnectionManager;
  connection: Connection;
}): void {
  manager.closeConnection(connection, "truncated");
}
