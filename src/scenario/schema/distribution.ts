import { z } from "zod";
import type { DistributionSpec } from "../../random/distributions/distribution.ts";
import { readEmpirical } from "../empirical.ts";
import type { ReadFile } from "../files.ts";
import { flaw } from "./flaw.ts";
import { count, duration, list, number, object, positiveDuration, readText } from "./leaf.ts";
import { oneOf } from "./one-of.ts";
import { weight } from "./weight.ts";

const kinds = [
  "constant",
  "uniform",
  "exponential",
  "lognormal",
  "normal",
  "pareto",
  "weibull",
  "gamma",
  "erlang",
  "mixture",
  "empirical",
] as const;

/**
 * A distribution of times: a plain duration (constant) or a mapping with one of the kinds. The result has its
 * times in nanoseconds, gamma always by its mean, and the values of an empirical file.
 */
export function distributionSchema(readFile: ReadFile): z.ZodType<DistributionSpec> {
  const distribution: z.ZodType<DistributionSpec> = z.lazy(() =>
    z.union([
      constant(),
      oneOf(object(kindShapes(readFile, part)), kinds, "a distribution").transform(toSpec),
    ]),
  );
  const part: z.ZodType<MixturePart> = z.lazy(() =>
    oneOf(object({ weight: weight(), ...kindShapes(readFile, part) }), kinds, "a distribution").transform(
      (value) => ({
        weight: value.weight,
        of: toSpec(value),
      }),
    ),
  );
  return distribution;
}

interface MixturePart {
  readonly weight: number;
  readonly of: DistributionSpec;
}

function constant() {
  return duration().transform((value): DistributionSpec => ({ kind: "constant", value }));
}

function kindShapes(readFile: ReadFile, part: z.ZodType<MixturePart>) {
  return {
    constant: constant().optional(),
    uniform: uniform().optional(),
    exponential: object({ mean: positiveDuration() })
      .transform(({ mean }): DistributionSpec => ({ kind: "exponential", mean }))
      .optional(),
    lognormal: lognormal().optional(),
    normal: object({ mean: duration(), stdev: duration() })
      .transform((of): DistributionSpec => ({ kind: "normal", ...of }))
      .optional(),
    pareto: object({ min: positiveDuration(), alpha: number(0, false) })
      .transform((of): DistributionSpec => ({ kind: "pareto", ...of }))
      .optional(),
    weibull: object({ scale: positiveDuration(), shape: number(0, false) })
      .transform((of): DistributionSpec => ({ kind: "weibull", ...of }))
      .optional(),
    gamma: gamma().optional(),
    erlang: object({ mean: positiveDuration(), k: count(1, 1000) })
      .transform((of): DistributionSpec => ({ kind: "erlang", ...of }))
      .optional(),
    mixture: list(part)
      .transform((parts): DistributionSpec => ({ kind: "mixture", parts }))
      .optional(),
    empirical: object({ file: readText("a file's path", (path) => readEmpirical(readFile, path)) })
      .transform(({ file }): DistributionSpec => ({ kind: "empirical", values: file }))
      .optional(),
  };
}

function uniform() {
  return object({ min: duration(), max: duration() }).transform(({ min, max }, context): DistributionSpec => {
    if (min <= max) return { kind: "uniform", min, max };
    const found = flaw("out-of-range", "max is less than min");
    context.addIssue({ code: "custom", path: ["max"], params: { flaw: found } });
    return z.NEVER;
  });
}

function lognormal() {
  const shape = {
    median: positiveDuration(),
    p99: positiveDuration().optional(),
    sigma: number(0, true).optional(),
  };
  return oneOf(object(shape), ["p99", "sigma"], "the spread of a lognormal distribution").transform(
    ({ median, p99, sigma }, context): DistributionSpec => {
      if (p99 === undefined) return { kind: "lognormal", median, sigma: sigma! };
      if (p99 >= median) return { kind: "lognormal", median, p99 };
      const found = flaw("out-of-range", "p99 is less than the median");
      context.addIssue({ code: "custom", path: ["p99"], params: { flaw: found } });
      return z.NEVER;
    },
  );
}

function gamma() {
  const shape = {
    shape: number(0, false),
    mean: positiveDuration().optional(),
    scale: positiveDuration().optional(),
  };
  return oneOf(object(shape), ["mean", "scale"], "the mean of a gamma distribution").transform(
    ({ shape, mean, scale }): DistributionSpec => ({ kind: "gamma", shape, mean: mean ?? scale! * shape }),
  );
}

type KindShapes = ReturnType<typeof kindShapes>;
type KindValues = { readonly [Kind in keyof KindShapes]?: z.output<KindShapes[Kind]> };

/** The one kind that is there. */
function toSpec(value: KindValues): DistributionSpec {
  for (const kind of kinds) {
    const spec = value[kind];
    if (spec !== undefined) return spec;
  }
  throw new Error("a distribution without a kind passed the check");
}
