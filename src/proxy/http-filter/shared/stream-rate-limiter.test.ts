import { expect, test } from "vitest";
import { Simulator } from "../../../kernel/simulator.ts";
import { MILLISECOND } from "../../../kernel/time.ts";
import { ClassicTokenBucket } from "../../token-bucket/classic-token-bucket.ts";
import { StreamRateLimiter } from "./stream-rate-limiter.ts";

/** 1000 bytes a second in ticks of 50 ms: 50 bytes each. */
function limited(bytes: number) {
  const simulator = new Simulator();
  const bucket = new ClassicTokenBucket(1000, 1000, 0);
  bucket.reset(50, 0);
  const sent: [ms: number, bytes: number, left: number][] = [];
  const limiter = new StreamRateLimiter(simulator, bucket, 50 * MILLISECOND, bytes, {
    onSent: (now, left) => sent.push([simulator.now / MILLISECOND, now, left]),
  });
  return { simulator, limiter, sent };
}

test("what the bucket gives goes at once, the rest tick by tick", () => {
  const { simulator, sent } = limited(120);
  expect(sent).toEqual([]);
  simulator.run();
  expect(sent).toEqual([
    [0, 50, 70],
    [50, 50, 20],
    [100, 20, 0],
  ]);
});

test("nothing goes after cancelling, neither before the first tick nor later", () => {
  const early = limited(120);
  early.limiter.cancel();
  early.simulator.run();
  expect(early.sent).toEqual([]);
  const late = limited(120);
  late.simulator.run(10 * MILLISECOND);
  late.limiter.cancel();
  late.simulator.run();
  expect(late.sent).toEqual([[0, 50, 70]]);
});
