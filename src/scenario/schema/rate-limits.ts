import { z } from "zod";
import type { Json } from "../../decode/message.ts";
import { didYouMean } from "../../decode/nearest.ts";
import type { RateLimitRuleSpec, RateLimitsSpec, RateLimitUnit } from "../scenario.ts";
import { describeValue } from "./describe-value.ts";
import { flaw, type Read } from "./flaw.ts";
import { count, leaf, list, object, text } from "./leaf.ts";

const units: readonly RateLimitUnit[] = ["second", "minute", "hour", "day", "week", "month", "year"];

/** What a service limits, in the words of the reference rate-limit service's configuration. */
export function rateLimitsSchema() {
  const limits = object({
    domain: text("the name of a domain"),
    descriptors: rulesSchema(),
    local_cache: z.boolean().default(false),
  });
  return limits.transform(
    ({ domain, descriptors, local_cache }): RateLimitsSpec => ({
      domain,
      descriptors,
      hasLocalCache: local_cache,
    }),
  );
}

interface RuleInput {
  readonly key: string;
  readonly value?: string | undefined;
  readonly rate_limit?: RateLimitRuleSpec["limit"];
  readonly shadow_mode: boolean;
  readonly descriptors: RateLimitRuleSpec[];
}

type RulesSchema = z.ZodType<RateLimitRuleSpec[]>;

function rulesSchema(): RulesSchema {
  const rules: RulesSchema = z.lazy(() => level);
  const rule = object({
    key: text("the key of a descriptor's entry"),
    value: text("a text, the value of a descriptor's entry").optional(),
    rate_limit: limitSchema().optional(),
    shadow_mode: z.boolean().default(false),
    descriptors: rules.default([]),
  });
  const level = list(rule.transform(ruleOf)).superRefine((found, context) => {
    const names = found.map(({ key, value }) => (value === undefined ? key : `${key}_${value}`));
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) === index) continue;
      const twice = flaw("duplicate-name", `the descriptor "${name}" stands here twice`, {
        remedy: "keep one of the two, or put what they share above them",
      });
      context.addIssue({ code: "custom", path: [index], params: { flaw: twice } });
    }
  });
  return rules;
}

function ruleOf({ rate_limit: limit, shadow_mode: isShadow, ...rule }: RuleInput): RateLimitRuleSpec {
  return { ...rule, limit, isShadow };
}

function limitSchema() {
  const limit = object({
    unit: leaf({ enum: units }, readUnit).optional(),
    requests_per_unit: count(0, 0xffffffff).optional(),
    unlimited: z.boolean().default(false),
  });
  return limit
    .superRefine(({ unit, requests_per_unit, unlimited }, context) => {
      const isLimited = unit !== undefined && requests_per_unit !== undefined;
      const hasNumbers = unit !== undefined || requests_per_unit !== undefined;
      if (unlimited ? !hasNumbers : isLimited) return;
      const found = unlimited
        ? flaw("contradiction", "unlimited contradicts unit and requests_per_unit", {
            remedy: "keep one of the two",
          })
        : flaw("missing-key", "it is not said how much the limit allows", {
            remedy: "give unit and requests_per_unit, or unlimited: true",
          });
      context.addIssue({ code: "custom", params: { flaw: found } });
    })
    .transform(({ unit, requests_per_unit }): RateLimitRuleSpec["limit"] =>
      unit === undefined ? "unlimited" : { unit, requestsPerUnit: requests_per_unit! },
    );
}

/** The reference service takes them in any case. */
function readUnit(value: Json): Read<RateLimitUnit> {
  const name = typeof value === "string" ? value.toLowerCase() : "";
  const unit = units.find((each) => each === name);
  if (unit !== undefined) return { ok: true, value: unit };
  const known = units.join(", ");
  const hint = typeof value === "string" ? didYouMean(name, units) : "";
  return flaw("wrong-value", `${describeValue(value)}, but one of ${known} is wanted${hint}`);
}
