import type { Simulator } from "../kernel/simulator.ts";
import { type Nanoseconds, wholeNanoseconds } from "../kernel/time.ts";
import type { RequestHandler, Stream } from "../network/stream.ts";
import { LuckPurpose, luck } from "../random/luck.ts";
import type { Random64 } from "../random/random64.ts";
import type { HttpManagerStats } from "./http-manager-stats.ts";
import type { HttpConnectionManagerConfig } from "./listener-config.ts";
import type { Proxy } from "./proxy.ts";
import { RoutedRequest } from "./router.ts";
import type { RouteMatch } from "./routing/route-match.ts";
import type { Worker } from "./worker.ts";

/**
 * The downstream side of a listener on one worker: takes requests, finds their route, and gives the answers
 * (Envoy 1.40, source/common/http/conn_manager_impl.cc).
 */
export class HttpConnectionManager implements RequestHandler {
  readonly simulator: Simulator;
  readonly worker: Worker;
  private readonly proxy: Proxy;
  private readonly config: HttpConnectionManagerConfig;
  private readonly stats: HttpManagerStats;

  constructor(proxy: Proxy, worker: Worker, config: HttpConnectionManagerConfig, stats: HttpManagerStats) {
    this.simulator = proxy.deps.simulator;
    this.proxy = proxy;
    this.worker = worker;
    this.config = config;
    this.stats = stats;
  }

  /** This worker's own draws. */
  get random(): Random64 {
    return this.worker.random;
  }

  handle(stream: Stream): void {
    const routed = new RoutedRequest(this, stream, this.simulator.now);
    stream.handling = routed;
    this.stats.downstreamRqTotal.value++;
    this.stats.downstreamRqActive.value++;
    this.proxy.deps.activity.begin();
    const overhead = this.overheadOf(stream);
    if (overhead === 0) this.route(routed);
    else this.simulator.after(overhead, route, routed);
  }

  abandon(stream: Stream): void {
    const routed = stream.handling as RoutedRequest;
    stream.handling = null;
    this.stats.downstreamRqRxReset.value++;
    routed.abandon();
  }

  route(routed: RoutedRequest): void {
    if (routed.isFinished) return;
    const match = this.config.routes.match(routed.head, this.worker.newStreamId());
    this.stats.rqTotal.value++;
    if (match.kind === "route") this.send(routed, match);
    else if (match.kind === "direct") this.answerDirectly(routed, match);
    else this.noRoute(routed);
  }

  private send(routed: RoutedRequest, { route: entry, cluster: name }: RouteMatch & { kind: "route" }): void {
    const cluster = this.worker.cluster(name);
    if (cluster === undefined) {
      this.stats.noCluster.value++;
      routed.setFlag("NC");
      routed.finish(entry.clusterNotFoundStatus, 0, "cluster_not_found");
      return;
    }
    routed.send(entry, this.config.retryPolicyOf(entry), cluster);
  }

  private answerDirectly(routed: RoutedRequest, match: RouteMatch & { kind: "direct" }): void {
    this.stats.rqDirectResponse.value++;
    routed.finish(match.status, match.bodyBytes, "direct_response");
  }

  private noRoute(routed: RoutedRequest): void {
    this.stats.noRoute.value++;
    routed.setFlag("NR");
    routed.finish(404, 0, "route_not_found");
  }

  // What the router reports

  attemptStarted({ downstream }: RoutedRequest): void {
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

  respond(routed: RoutedRequest, status: number, bodyBytes: number): void {
    const { downstream } = routed;
    this.stats.codes.charge(status);
    this.ended(routed, status, bodyBytes);
    downstream.status = status;
    downstream.responseBodyBytes = bodyBytes;
    downstream.connection!.respond(downstream);
  }

  abandoned(routed: RoutedRequest): void {
    this.ended(routed, 0, 0);
  }

  private ended(routed: RoutedRequest, status: number, bodyBytes: number): void {
    const { recorder, activity } = this.proxy.deps;
    this.stats.downstreamRqActive.value--;
    if (routed.downstream.isFirstHop) recorder.flagged(routed.downstream.request, routed.flags);
    if (recorder.accessLog !== null) this.proxy.logAccess(routed, status, bodyBytes);
    activity.end();
  }

  /** Time that the proxy itself takes for a request. */
  private overheadOf({ request, visit }: Stream): Nanoseconds {
    const { overhead, station } = this.proxy.deps;
    if (overhead.constant !== undefined) return wholeNanoseconds(overhead.constant);
    const u = luck(request.keyHigh, request.keyLow, station.place, visit, LuckPurpose.overhead);
    return wholeNanoseconds(overhead.quantile(u));
  }

  // Connections

  connectionOpened(): void {
    this.stats.downstreamCxTotal.value++;
    this.stats.downstreamCxActive.value++;
  }

  connectionClosed(): void {
    this.stats.downstreamCxActive.value--;
  }
}

function route(routed: RoutedRequest): void {
  routed.manager.route(routed);
}
