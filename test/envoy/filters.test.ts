import { expect } from "vitest";
import type { RequestHead } from "../../src/http/request-head.ts";
import { Simulator } from "../../src/kernel/simulator.ts";
import { MILLISECOND, SECOND } from "../../src/kernel/time.ts";
import { minRttDelayMs, nextLimit } from "../../src/proxy/http-filter/adaptive-concurrency/gradient.ts";
import { isRejected, rejectionProbability } from "../../src/proxy/http-filter/admission-control/rejection.ts";
import { FaultSettings } from "../../src/proxy/http-filter/fault/fault-settings.ts";
import { LocalRateLimiter } from "../../src/proxy/http-filter/local-rate-limit/local-rate-limiter.ts";
import { StreamRateLimiter } from "../../src/proxy/http-filter/shared/stream-rate-limiter.ts";
import { triggerState } from "../../src/proxy/overload/overload-trigger.ts";
import { scaledTimeout } from "../../src/proxy/overload/scaled-timeout.ts";
import { type Fraction, isInFraction } from "../../src/proxy/runtime/fraction.ts";
import { NO_RUNTIME } from "../../src/proxy/runtime/runtime.ts";
import { ClassicTokenBucket } from "../../src/proxy/token-bucket/classic-token-bucket.ts";
import { ContinuousTokenBucket } from "../../src/proxy/token-bucket/continuous-token-bucket.ts";
import {
  FixedWindow,
  type LocalCache,
  noCounts,
  type RateLimitUnit,
} from "../../src/service/rate-limit/fixed-window.ts";
import { runVectors } from "../support/envoy-vectors.ts";
import { messageOf } from "../support/message.ts";
import { scripted64 } from "../support/scripted64.ts";
import vectors from "./vectors/filters.json" with { type: "json" };

/** How far computed doubles may be apart, relatively. */
const TOLERANCE = 1e-9;

runVectors(
  vectors,
  {
    fractional_percent({ numerator, denominator, random }: Fraction & { random: number[] }, expected) {
      const numbers = scripted64(random.map(String));
      const decisions = random.map(() => {
        numbers.draw();
        return isInFraction({ numerator, denominator }, numbers);
      });
      expect(decisions).toEqual(expected);
    },

    fault(input: { config: FaultVector; headers: Record<string, string>; random: number[] }, expected) {
      const settings = new FaultSettings(messageOf(faultConfig(input.config)), {
        runtime: NO_RUNTIME,
        rateLimits: [],
        compileHeaderMatchers: () => () => true,
        compileQueryMatchers: () => () => true,
      });
      const random = scripted64(input.random.map(String));
      const head = headWith(input.headers);
      const actions: [string, number?][] = [];
      const delayMs = settings.drawDelay(head, random);
      if (delayMs > 0) actions.push(["delay", delayMs]);
      const abort = settings.drawAbort(head, random);
      actions.push(abort === undefined ? ["continue"] : ["abort", abort.status]);
      expect(actions).toEqual(expected);
    },

    token_bucket(input: TokenBucketVector, expected) {
      const bucket = bucketOf(input);
      if (input.reset_to !== null) (bucket as ClassicTokenBucket).reset(input.reset_to, 0);
      const answers = input.steps.map(({ t, take, partial }) =>
        take === undefined
          ? bucket.nextTokenMs(t * MILLISECOND)
          : taken(bucket, take, partial ?? false, t * MILLISECOND),
      );
      expect(answers).toEqual(expected);
    },

    local_limit_share(input: LimitShareVector, expected) {
      const fillRate = input.tokens_per_fill / (input.fill_interval_ms / 1000);
      const settings = {
        bucket: { maxTokens: input.max_tokens, fillRate },
        descriptors: [],
        maxDynamicDescriptors: 20,
        alwaysConsumesDefault: true,
      };
      const limiter = new LocalRateLimiter(new Simulator(), settings, () => input.instances);
      const passed = Array.from({ length: input.requests_at_t0 }, () => limiter.check([]).isAllowed);
      expect(passed).toEqual(expected);
    },

    stream_limit(input: { bytes: number; limit_kbps: number; tick_ms: number }, expected) {
      const rate = input.limit_kbps * 1024;
      const bucket = new ClassicTokenBucket(rate, rate, 0);
      bucket.reset((rate * input.tick_ms) / 1000, 0);
      const simulator = new Simulator();
      let doneAt = -1;
      new StreamRateLimiter(simulator, bucket, input.tick_ms * MILLISECOND, input.bytes, {
        onSent: (_bytes, left) => {
          if (left === 0) doneAt = simulator.now / MILLISECOND;
        },
      });
      simulator.run(3600 * SECOND);
      expect(doneAt).toBe(expected);
    },

    gradient_limit(input: GradientVector, expected: { gradient: number; limit: number }) {
      const bounds = { buffer: input.buffer, minLimit: input.min_limit, maxLimit: input.max_limit };
      const next = nextLimit(bounds, input.limit, input.min_rtt_us, input.sample_rtt_us);
      expectClose(next.gradient, expected.gradient);
      expect(next.limit).toBe(expected.limit);
    },

    ratelimit_service(input: RateLimitVector, expected: { answers: unknown[]; stats: object }) {
      const unit = input.unit.toLowerCase() as RateLimitUnit;
      const counts = noCounts();
      const window = new FixedWindow({ requestsPerUnit: input.limit, unit }, counts);
      const cache: LocalCache | null = input.local_cache ? new WeakMap() : null;
      const answers = input.hits.map(({ unix_s, hits }) => {
        const { isOver, remaining, resetSeconds } = window.hit(hits, unix_s * SECOND, cache);
        return [isOver ? "OVER_LIMIT" : "OK", remaining, resetSeconds];
      });
      expect(answers).toEqual(expected.answers);
      expect({
        total_hits: counts.totalHits,
        over_limit: counts.overLimit,
        near_limit: counts.nearLimit,
        within_limit: counts.withinLimit,
        over_limit_with_local_cache: counts.overLimitWithLocalCache,
      }).toEqual(expected.stats);
    },

    overload_scaled(input: OverloadVector, expected: { state: number; timer_ms: number }) {
      const trigger = { scaling: input.scaling_threshold, saturated: input.saturation_threshold };
      const state = triggerState({ ...trigger, resource: "heap" }, input.pressure);
      expectClose(state, expected.state);
      expectClose(
        scaledTimeout(input.max_ms, { kind: "time", least: input.min_ms }, state),
        expected.timer_ms,
      );
    },

    minrtt_jitter(input: { interval_ms: number; jitter: number; random: number }, expected) {
      const random = scripted64([String(input.random)]);
      expect(minRttDelayMs(input.interval_ms, input.jitter, random)).toBe(expected);
    },

    admission(input: AdmissionVector, expected: { probability: number; reject: boolean[] }) {
      const settings = {
        threshold: input.sr_threshold,
        aggression: input.aggression,
        maxProbability: input.max_rejection_probability,
      };
      const probability = rejectionProbability(settings, input.requests, input.successes);
      expectClose(Math.max(probability, 0), expected.probability);
      const random = scripted64(input.random.map(String));
      expect(input.random.map(() => isRejected(probability, random))).toEqual(expected.reject);
    },
  },
  () => undefined,
);

function expectClose(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(TOLERANCE * Math.abs(expected));
}

interface OverloadVector {
  readonly pressure: number;
  readonly scaling_threshold: number;
  readonly saturation_threshold: number;
  readonly max_ms: number;
  readonly min_ms: number;
}

interface TokenBucketVector {
  readonly variant: "classic" | "continuous";
  readonly max_tokens: number;
  readonly rate_per_s: number;
  readonly reset_to: number | null;
  readonly steps: readonly { readonly t: number; readonly take?: number; readonly partial?: boolean }[];
}

function bucketOf({ variant, max_tokens, rate_per_s }: TokenBucketVector) {
  return variant === "classic"
    ? new ClassicTokenBucket(max_tokens, rate_per_s, 0)
    : new ContinuousTokenBucket(max_tokens, rate_per_s, 0);
}

function taken(
  bucket: ClassicTokenBucket | ContinuousTokenBucket,
  tokens: number,
  partial: boolean,
  now: number,
): number {
  if (bucket instanceof ClassicTokenBucket) return bucket.consume(tokens, partial, now);
  const wanted = partial ? Math.min(tokens, Math.floor(bucket.available(now))) : tokens;
  return bucket.consume(wanted, now) ? wanted : 0;
}

interface LimitShareVector {
  readonly instances: number;
  readonly max_tokens: number;
  readonly tokens_per_fill: number;
  readonly fill_interval_ms: number;
  readonly requests_at_t0: number;
}

interface RateLimitVector {
  readonly limit: number;
  readonly unit: string;
  readonly local_cache: boolean;
  readonly hits: readonly { readonly unix_s: number; readonly hits: number }[];
}

interface GradientVector {
  readonly limit: number;
  readonly min_rtt_us: number;
  readonly sample_rtt_us: number;
  readonly buffer: number;
  readonly min_limit: number;
  readonly max_limit: number;
}

interface AdmissionVector {
  readonly requests: number;
  readonly successes: number;
  readonly sr_threshold: number;
  readonly aggression: number;
  readonly max_rejection_probability: number;
  readonly random: readonly number[];
}

interface FaultVector {
  readonly delay?: { fixed_ms?: number; header?: boolean; percentage: { numerator: number } };
  readonly abort?: { http_status?: number; header?: boolean; percentage: { numerator: number } };
}

function faultConfig({ delay, abort }: FaultVector) {
  return {
    ...(delay && {
      delay: {
        percentage: delay.percentage,
        ...(delay.header ? { header_delay: {} } : { fixed_delay: `${(delay.fixed_ms ?? 0) / 1000}s` }),
      },
    }),
    ...(abort && {
      abort: {
        percentage: abort.percentage,
        ...(abort.header ? { header_abort: {} } : { http_status: abort.http_status ?? 0 }),
      },
    }),
  };
}

function headWith(headers: Readonly<Record<string, string>>): RequestHead {
  return {
    method: "GET",
    scheme: "http",
    authority: "shop.example",
    path: "/",
    headers: new Map(Object.entries(headers).map(([name, value]) => [name, [value]])),
    bodyBytes: 0,
  };
}
