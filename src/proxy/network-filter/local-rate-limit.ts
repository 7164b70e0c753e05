import type { Simulator } from "../../kernel/simulator.ts";
import { readFeatureFlag } from "../runtime/feature-flag.ts";
import { type BucketSettings, readBucket } from "../token-bucket/bucket-settings.ts";
import { ContinuousTokenBucket } from "../token-bucket/continuous-token-bucket.ts";
import type { FilterProcess, NetworkFilterKind } from "./network-filter.ts";

/**
 * Takes a token for each new connection and closes it where there is none; filters with the same `share_key` and
 * equal buckets share one (Envoy 1.40, source/extensions/filters/network/local_ratelimit).
 */
export const localRateLimit: NetworkFilterKind = {
  type: "envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit",
  read(config, runtime) {
    const statPrefix = config.string("stat_prefix");
    const settings = readBucket(config.message("token_bucket"));
    const shareKey = config.string("share_key");
    const isEnabled = readFeatureFlag(config.message("runtime_enabled"), runtime);
    if (!isEnabled || settings === undefined) return undefined;
    return (process) => {
      const bucket = bucketOf(settings, shareKey, process);
      const limited = process.stats.counter(`local_rate_limit.${statPrefix}.rate_limited`);
      return (connection) => ({
        onNewConnection() {
          if (bucket.take()) return "continue";
          limited.value++;
          connection.close("local_ratelimit_close_over_limit", "URX");
          return "stop";
        },
        onClosed() {},
      });
    };
  },
};

function bucketOf(settings: BucketSettings, shareKey: string, { shared, simulator }: FilterProcess): Bucket {
  if (shareKey === "") return new Bucket(settings, simulator);
  const { maxTokens, fillRate } = settings;
  const key = `local_ratelimit/${shareKey}/${maxTokens}/${fillRate}`;
  const known = shared.get(key) as Bucket | undefined;
  const bucket = known ?? new Bucket(settings, simulator);
  shared.set(key, bucket);
  return bucket;
}

class Bucket {
  private readonly simulator: Simulator;
  /** Null: there are no tokens at all. */
  private readonly tokens: ContinuousTokenBucket | null;

  constructor({ maxTokens, fillRate }: BucketSettings, simulator: Simulator) {
    this.simulator = simulator;
    this.tokens = maxTokens === 0 ? null : new ContinuousTokenBucket(maxTokens, fillRate, simulator.now);
  }

  take(): boolean {
    return this.tokens?.consume(1, this.simulator.now) === true;
  }
}
