import { Request } from "../http/request.ts";
import type { RequestHead } from "../http/request-head.ts";
import type { Simulator } from "../kernel/simulator.ts";
import type { Nanoseconds } from "../kernel/time.ts";
import { Stream } from "../network/stream.ts";
import { LuckPurpose, luck } from "../random/luck.ts";
import type { Random64 } from "../random/random64.ts";
import type { Counter } from "../telemetry/stats.ts";
import type { Exchange } from "./exchange.ts";
import type { ExchangeManager } from "./exchange-manager.ts";
import type { ProxyDeps } from "./proxy.ts";
import { RoutePlans } from "./request-plan.ts";
import { DEFAULT_RETRY_POLICY } from "./retry/retry-policy.ts";
import { RoutedRequest } from "./router.ts";
import type { RouterOptions } from "./router-options.ts";
import type { MirrorPolicy } from "./routing/mirror-policy.ts";
import type { RouteEntry, StreamId } from "./routing/route-match.ts";
import type { Worker } from "./worker.ts";

/** Copies of one visit of a request get numbers below this, so that each has chance of its own. */
const MOST_COPIES = 256;

/** The copy of a request, as its sender sees it: whatever comes back is dropped. */
class MirroredStream extends Stream {
  override onResponse(): void {}

  override onReset(): void {}
}

/**
 * Sends copies of requests to other clusters, for one listener on one worker. A copy is a request of its own by a
 * route without anything but a time limit, and nobody waits for its answer (Envoy 1.40, ShadowWriterImpl in
 * source/common/router/shadow_writer_impl.cc and AsyncClientImpl in source/common/http/async_client_impl.cc).
 */
export class MirrorSender implements ExchangeManager {
  readonly simulator: Simulator;
  /** Copies are not explained. */
  readonly trace = undefined;
  /** Copies are never sent elsewhere by a redirect. */
  readonly redirector = null;
  private readonly deps: ProxyDeps;
  private readonly worker: Worker;
  private readonly options: RouterOptions;
  private readonly rqTotal: Counter;
  private readonly plansByTimeout = new Map<Nanoseconds, RoutePlans>();

  constructor(deps: ProxyDeps, worker: Worker, options: RouterOptions, rqTotal: Counter) {
    this.simulator = deps.simulator;
    this.deps = deps;
    this.worker = worker;
    this.options = options;
    this.rqTotal = rqTotal;
  }

  get random(): Random64 {
    return this.worker.random;
  }

  /** `head`: as the request went upstream; `timeout`: its limit from the whole request to the whole answer. */
  mirror(
    exchange: Exchange,
    policies: readonly MirrorPolicy[],
    head: RequestHead,
    timeout: Nanoseconds,
  ): void {
    policies.forEach((policy, index) => {
      const cluster = this.worker.cluster(policy.clusterFor(head) ?? "");
      if (cluster === undefined) return;
      const { downstream } = exchange;
      const copied = new MirroredStream(
        this.copyOf(downstream.request, downstream.visit * MOST_COPIES + index),
        policy.copy(head),
        false,
      );
      const copy = new RoutedRequest(this, copied, this.simulator.now);
      copy.match = exchange.match;
      copy.isInternal = true;
      this.rqTotal.value++;
      this.deps.activity.begin();
      const plans = this.plansFor(timeout);
      copy.send(plans.route, plans, cluster);
    });
  }

  /** Copies come on no connection. */
  originalDestinationOf(): null {
    return null;
  }

  newStreamId(): StreamId {
    return this.worker.newStreamId();
  }

  /** Copies pass no filters. */
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

  respond(): void {
    this.deps.activity.end();
  }

  startResponse(): void {}

  resetDownstream(): void {
    this.deps.activity.end();
  }

  abandoned(): void {
    this.deps.activity.end();
  }

  /** Copies have no limits of a connection manager. */
  onIdleTimeout(): void {}

  onMaxDuration(): void {}

  /** The copy has the identity of its original, and chance of its own: it must not take any from the original. */
  private copyOf(original: Request, copy: number): Request {
    const { client, ordinal, wantedAt, keyHigh, keyLow } = original;
    const { place } = this.deps.station;
    const half = (purpose: number) => Math.trunc(luck(keyHigh, keyLow, place, copy, purpose) * 2 ** 32);
    return new Request(client, ordinal, wantedAt, half(LuckPurpose.keyHigh), half(LuckPurpose.keyLow));
  }

  private plansFor(timeout: Nanoseconds): RoutePlans {
    let plans = this.plansByTimeout.get(timeout);
    if (plans === undefined) {
      const policies = {
        timeouts: DEFAULT_RETRY_POLICY,
        retries: DEFAULT_RETRY_POLICY,
        options: this.options,
      };
      plans = new RoutePlans(mirrorRoute(timeout), policies);
      this.plansByTimeout.set(timeout, plans);
    }
    return plans;
  }
}

/** Envoy 1.40, source/common/http/null_route_impl.h. Copies are marked as internal. */
function mirrorRoute(timeout: Nanoseconds): RouteEntry {
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
