import type { Message } from "../decode/message.ts";
import { RouteProblems } from "./matching/route-problems.ts";
import { type RetryPolicy, readRetryPolicy } from "./retry/retry-policy.ts";
import { compileHeaderTest } from "./routing/header-matcher.ts";

/** Reads a `route.v3.RetryPolicy` of a route or a cluster. */
export function compileRetryPolicy(policy: Message): RetryPolicy {
  return readRetryPolicy(policy, (matcher) => compileHeaderTest(matcher, new RouteProblems()));
}
