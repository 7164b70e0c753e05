import type { Message } from "../../decode/message.ts";
import { SECOND } from "../../kernel/time.ts";
import { timerDuration } from "../cluster/timer-duration.ts";

/** A `type.v3.TokenBucket`. */
export interface BucketSettings {
  /** 0: everything is refused. */
  readonly maxTokens: number;
  /** Tokens a second. */
  readonly fillRate: number;
}

/** Without a time in which it fills a bucket means nothing. */
export function readBucket(bucket: Message | undefined): BucketSettings | undefined {
  const interval = bucket === undefined ? 0 : timerDuration(bucket, "fill_interval", 0);
  if (bucket === undefined || interval === 0) return undefined;
  const perFill = bucket.number("tokens_per_fill", 1);
  return { maxTokens: bucket.number("max_tokens", 0), fillRate: perFill / (interval / SECOND) };
}
