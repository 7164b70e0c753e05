import type { Simulator } from "../kernel/simulator.ts";
import type { RandomStream } from "../random/random-stream.ts";
import type { LayerSpec } from "../scenario/library.ts";
import type { Recorder } from "../telemetry/recorder.ts";
import type { ClientConnections } from "../traffic/client-connections.ts";
import type { DrawBelow } from "../traffic/library/back-off.ts";
import { Bulkhead } from "../traffic/library/bulkhead.ts";
import { BreakerLayer } from "../traffic/library/chain/breaker-layer.ts";
import { HystrixLayer } from "../traffic/library/chain/hystrix-layer.ts";
import { Library } from "../traffic/library/chain/library.ts";
import { RetryLayer } from "../traffic/library/chain/retry-layer.ts";
import {
  AttemptLimit,
  BudgetLimit,
  RequeueLimit,
  type RetryLimit,
  TokenBucketLimit,
} from "../traffic/library/chain/retry-limit.ts";
import { Sending } from "../traffic/library/chain/sending.ts";
import type { Layer } from "../traffic/library/chain/step.ts";
import { ThrottleLayer } from "../traffic/library/chain/throttle-layer.ts";
import { TimeoutLayer } from "../traffic/library/chain/timeout-layer.ts";
import { ClientThrottle } from "../traffic/library/client-throttle.ts";
import { Endpoints } from "../traffic/library/endpoints.ts";
import { HystrixBreaker } from "../traffic/library/hystrix-breaker.ts";
import { RetryBudget } from "../traffic/library/retry-budget.ts";
import { TokenBucket } from "../traffic/library/token-bucket.ts";
import { WindowBreaker } from "../traffic/library/window-breaker.ts";

/** What the layers of one client's library are built with. */
export interface LibraryParts {
  readonly simulator: Simulator;
  readonly recorder: Recorder;
  /** The library's own draws. */
  readonly random: RandomStream;
}

/** The policies of one client, `chain` from the outermost to the innermost, over its connections. */
export function buildLibrary(
  parts: LibraryParts,
  chain: readonly LayerSpec[],
  connections: ClientConnections,
  isDirect: boolean,
): Library {
  const accrual = chain.find((layer) => layer.kind === "failure_accrual");
  const { simulator, recorder, random } = parts;
  const endpoints =
    accrual === undefined ? null : new Endpoints(connections.targets, accrual.settings, drawsOf(random), 0);
  const sending: Layer = new Sending(simulator, recorder, connections, isDirect, endpoints);
  return new Library(chain.reduceRight((inner, layer) => makeLayer(parts, layer, inner), sending));
}

/** Windows begin with the traffic, at 0. */
function makeLayer({ simulator, random }: LibraryParts, layer: LayerSpec, inner: Layer): Layer {
  switch (layer.kind) {
    case "throttle":
      return new ThrottleLayer(simulator, inner, new ClientThrottle(layer.settings, 0), random);
    case "timeout":
      return new TimeoutLayer(simulator, inner, layer.after);
    case "retry":
    case "requeue": {
      const settings = { backOff: layer.backOff, unsentOnly: layer.kind === "requeue" };
      return new RetryLayer(simulator, inner, settings, limitOf(layer), drawsOf(random));
    }
    case "hystrix": {
      const breaker = new HystrixBreaker(layer.breaker, 0);
      return new HystrixLayer(simulator, inner, breaker, new Bulkhead(layer.bulkhead), layer.timeout);
    }
    case "breaker":
      return new BreakerLayer(simulator, inner, new WindowBreaker(layer.settings, 0));
    case "failure_accrual":
      return inner;
  }
}

function limitOf(layer: Extract<LayerSpec, { kind: "retry" | "requeue" }>): RetryLimit {
  if (layer.kind === "requeue") return new RequeueLimit(new RetryBudget(layer.budget, 0));
  const { attempts, tokenBucket, budget } = layer;
  if (tokenBucket !== undefined) return new TokenBucketLimit(attempts, new TokenBucket(tokenBucket));
  if (budget !== undefined) return new BudgetLimit(attempts, new RetryBudget(budget, 0));
  return new AttemptLimit(attempts);
}

function drawsOf(random: RandomStream): DrawBelow {
  return (bound) => Math.floor(random.uniform() * bound);
}
