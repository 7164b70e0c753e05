import { describe, expect, test } from "vitest";
import type { Descriptor } from "../../http/rate-limit-call.ts";
import { SECOND } from "../../kernel/time.ts";
import { RateLimitService } from "./rate-limit-service.ts";
import { type RateLimitRule, RateLimitRules } from "./rules.ts";

function rule(key: string, more: Partial<RateLimitRule> = {}): RateLimitRule {
  return { key, isShadow: false, descriptors: [], ...more };
}

const perSecond = (requestsPerUnit: number) => ({ requestsPerUnit, unit: "second" }) as const;

function descriptor(...entries: [key: string, value: string][]): Descriptor {
  return entries.map(([key, value]) => ({ key, value }));
}

describe("the rule of a descriptor", () => {
  const rules = new RateLimitRules([
    rule("user", { limit: perSecond(1) }),
    rule("user", { value: "bob", limit: perSecond(2) }),
    rule("user", { value: "bo*", limit: perSecond(3) }),
    rule("path", { value: "/", descriptors: [rule("user", { limit: perSecond(4) })] }),
    rule("free", { limit: "unlimited" }),
  ]);
  const limitOf = (...entries: [string, string][]) => {
    const found = rules.find(descriptor(...entries));
    return typeof found === "object" ? found.limit.requestsPerUnit : found;
  };

  test("is that of key and value, then of a value with a star, then of the key", () => {
    expect(limitOf(["user", "bob"])).toBe(2);
    expect(limitOf(["user", "bonnie"])).toBe(3);
    expect(limitOf(["user", "alice"])).toBe(1);
    expect(limitOf(["free", "x"])).toBe("unlimited");
    expect(limitOf(["tenant", "x"])).toBeUndefined();
  });

  test("is that of the last entry only", () => {
    expect(limitOf(["path", "/"], ["user", "bob"])).toBe(4);
    expect(limitOf(["path", "/"])).toBeUndefined();
    expect(limitOf(["user", "bob"], ["path", "/"])).toBeUndefined();
  });
});

describe("a check", () => {
  const service = (descriptors: RateLimitRule[], hasLocalCache = false) =>
    new RateLimitService({ domain: "edge", descriptors, hasLocalCache });
  const ask = (of: RateLimitService, descriptors: Descriptor[], seconds: number, domain = "edge") =>
    of.check({ domain, descriptors }, seconds * SECOND, null);

  test("counts each value of an open rule for itself, in windows of the clock", () => {
    const limiter = service([rule("user", { limit: perSecond(1) })]);
    const overs = [
      ["a", 0.1],
      ["b", 0.2],
      ["a", 0.9],
      ["a", 1.0],
    ].map(([user, at]) => ask(limiter, [descriptor(["user", user as string])], at as number).isOver);
    expect(overs).toEqual([false, false, true, false]);
  });

  test("is refused when any descriptor is over, and tells what is left of each", () => {
    const limiter = service([rule("a", { limit: perSecond(1) }), rule("b", { limit: perSecond(5) })]);
    const both = [descriptor(["a", "x"]), descriptor(["b", "x"])];
    ask(limiter, both, 0);
    const { isOver, statuses } = ask(limiter, both, 0.5);
    expect(isOver).toBe(true);
    expect(statuses.map(({ isOver, remaining }) => [isOver, remaining])).toEqual([
      [true, 0],
      [false, 3],
    ]);
  });

  test("passes in shadow mode, without a limit, and in another domain", () => {
    const limiter = service([rule("a", { limit: perSecond(0), isShadow: true })]);
    const a = [descriptor(["a", "x"])];
    expect(ask(limiter, a, 0).isOver).toBe(false);
    expect(ask(limiter, [descriptor(["b", "x"])], 0)).toMatchObject({
      isOver: false,
      statuses: [{ limit: undefined }],
    });
    expect(ask(service([rule("a", { limit: perSecond(0) })]), a, 0, "other").isOver).toBe(false);
  });

  test("is answered by a host's own memory once it knows the window full; another host asks the store", () => {
    const limiter = service([rule("a", { limit: { requestsPerUnit: 1, unit: "minute" } })], true);
    const hosts = [limiter.newLocalCache(), limiter.newLocalCache()];
    const a = { domain: "edge", descriptors: [descriptor(["a", "x"])] };
    const over = [0, 0, 1, 0].map((host, i) => limiter.check(a, i * SECOND, hosts[host]!).isOver);
    expect(over).toEqual([false, true, true, true]);
    expect(limiter.check(a, 60 * SECOND, hosts[0]!).isOver).toBe(false);
  });
});
