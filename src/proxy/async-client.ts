import { Request } from "../http/request.ts";
import { ResetReason } from "../http/reset-reason.ts";
import type { Simulator } from "../kernel/simulator.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import type { Stream } from "../network/stream.ts";
import { luck } from "../random/luck.ts";
import type { Random64 } from "../random/random64.ts";
import type { Counter } from "../telemetry/stats.ts";
import type { Exchange } from "./exchange.ts";
import type { ExchangeManager } from "./exchange-manager.ts";
import type { ProxyDeps } from "./proxy-deps.ts";
import { RoutePlans } from "./request-plan.ts";
import { DEFAULT_RETRY_POLICY } from "./retry/retry-policy.ts";
import { RoutedRequest } from "./router.ts";
import type { RouterOptions } from "./router-options.ts";
import type { RouteEntry, RouteMatch, StreamId } from "./routing/route-match.ts";
import type { TimerClock } from "./timer-clock.ts";
import type { Worker } from "./worker.ts";
import type { WorkerCluster } from "./worker-cluster.ts";

/** Requests of its own that one visit of a request may cause, so that each has chance of its own. */
const MOST_REQUESTS = 256;

/** Purposes of a request's chance from which the key of a new request is drawn. */
interface KeyPurposes {
  readonly high: number;
  readonly low: number;
}

/**
 * Sends requests of the proxy's own, for one listener on one worker: each goes by a route without anything but a
 * time limit, past all filters (Envoy 1.40, AsyncClientImpl in source/common/http/async_client_impl.cc). The answer
 * comes to the stream that is sent.
 */
export class AsyncClient implements ExchangeManager {
  readonly simulator: Simulator;
  /** Requests of the proxy's own are not explained. */
  readonly trace = undefined;
  /** They are never sent elsewhere by a redirect. */
  readonly redirector = null;
  private readonly deps: ProxyDeps;
  readonly worker: Worker;
  private readonly options: RouterOptions;
  private readonly rqTotal: Counter;
  /** Requests that have not ended, in the order in which they were sent. */
  private readonly open = new Set<Exchange>();
  private readonly plansByTimeout = new Map<Nanoseconds, RoutePlans>();

  constructor(deps: ProxyDeps, worker: Worker, options: RouterOptions, rqTotal: Counter) {
    this.simulator = deps.simulator;
    this.deps = deps;
    this.worker = worker;
    this.options = options;
    this.rqTotal = rqTotal;
  }

  get timerClock(): TimerClock {
    return this.worker.timerClock;
  }

  get random(): Random64 {
    return this.worker.random;
  }

  /** Undefined: there is no cluster of this name. */
  cluster(name: string): WorkerCluster | undefined {
    return this.worker.cluster(name);
  }

  /** `timeout`: from the whole request to the whole answer; 0: none. `match`: of the request that causes this one. */
  send(
    stream: Stream,
    cluster: WorkerCluster,
    timeout: Nanoseconds,
    match: RouteMatch | null,
  ): RoutedRequest {
    const sent = new RoutedRequest(this, stream, this.simulator.now);
    sent.match = match;
    sent.isInternal = true;
    this.rqTotal.value++;
    this.deps.activity.begin();
    this.open.add(sent);
    const plans = this.plansFor(timeout);
    sent.send(plans.route, plans, cluster);
    return sent;
  }

  /** A request with the identity of the one that causes it, and chance of its own: it must not take any from that. */
  requestFor(request: Request, visit: number, number: number, { high, low }: KeyPurposes): Request {
    const { client, ordinal, wantedAt, keyHigh, keyLow } = request;
    const { place } = this.deps.station;
    const which = visit * MOST_REQUESTS + number;
    const half = (purpose: number) => Math.trunc(luck(keyHigh, keyLow, place, which, purpose) * 2 ** 32);
    return new Request(client, ordinal, wantedAt, half(high), half(low));
  }

  originalDestinationOf(): null {
    return null;
  }

  newStreamId(): StreamId {
    return this.worker.newStreamId();
  }

  onDecoded(): void {}

  attemptStarted(): void {}

  attemptEnded(host: number, result: number): void {
    this.deps.recorder.attemptEnded(host, result);
  }

  retried(): void {}

  overflowed(): void {
    const { tally, simulator } = this.deps;
    tally.count(tally.overflows, simulator.now);
  }

  respond(exchange: Exchange, status: number, bodyBytes: number): void {
    const { downstream } = exchange;
    this.ended(exchange);
    downstream.status = status;
    downstream.responseBodyBytes = bodyBytes;
    downstream.onResponse();
  }

  startResponse(): void {}

  resetDownstream(exchange: Exchange): void {
    this.ended(exchange);
    exchange.downstream.onReset(ResetReason.remoteReset);
  }

  abandoned(exchange: Exchange): void {
    this.ended(exchange);
  }

  /** The process dies. */
  abandonAll(): void {
    for (const exchange of [...this.open]) (exchange as RoutedRequest).abandon();
  }

  private ended(exchange: Exchange): void {
    this.open.delete(exchange);
    this.deps.activity.end();
  }

  /** Requests of the proxy's own cause no others, and have no limits of a connection manager. */
  mirror(): void {}

  callService(): null {
    return null;
  }

  onIdleTimeout(): void {}

  onMaxDuration(): void {}

  private plansFor(timeout: Nanoseconds): RoutePlans {
    let plans = this.plansByTimeout.get(timeout);
    if (plans === undefined) {
      const policies = {
        timeouts: DEFAULT_RETRY_POLICY,
        retries: DEFAULT_RETRY_POLICY,
        options: this.options,
        maxStreamDuration: Number.POSITIVE_INFINITY,
      };
      plans = new RoutePlans(ownRoute(timeout), policies);
      this.plansByTimeout.set(timeout, plans);
    }
    return plans;
  }
}

/** Envoy 1.40, source/common/http/null_route_impl.h. These requests are marked as internal. */
function ownRoute(timeout: Nanoseconds): RouteEntry {
  return {
    name: "",
    virtualHost: "",
    timeout,
    idleTimeout: undefined,
    maxStreamDuration: undefined,
    maxGrpcTimeout: undefined,
    grpcTimeoutOffset: 0,
    countsAttemptsInRequest: false,
    countsAttemptsInResponse: false,
    tellsTimeoutRetry: false,
    retryPolicy: undefined,
    hedgesOnPerTryTimeout: false,
    mirrors: [],
    internalRedirects: undefined,
    priority: "default",
    rateLimits: { own: [], ofVirtualHost: [], includesVirtualHost: false },
    hashPolicies: [],
    clusterNotFoundStatus: 500,
    rewrite: (head) => ({ ...head, headers: new Map(head.headers).set("x-envoy-internal", ["true"]) }),
  };
}
