import { expect, test } from "vitest";
import { AleaStream } from "../alea-stream.ts";
import type { DistributionSpec } from "./distribution.ts";
import { makeDistribution } from "./table.ts";

const exponentialOf9: DistributionSpec = { kind: "exponential", mean: 9 };
/** 90% are 1, 10% exponential with mean 9. */
const twoParts: DistributionSpec = {
  kind: "mixture",
  parts: [
    { weight: 90, of: { kind: "constant", value: 1 } },
    { weight: 10, of: exponentialOf9 },
  ],
};

/** Closed forms, with `p99` where the parameter is one. */
const quantiles: [DistributionSpec, u: number, value: number][] = [
  [{ kind: "uniform", min: 2, max: 6 }, 0.25, 3],
  [{ kind: "exponential", mean: 8 }, 0.5, 8 * Math.LN2],
  [{ kind: "exponential", mean: 1 }, 2 ** -53, 2 ** -53],
  [{ kind: "exponential", mean: 1 }, 1 - 2 ** -53, 53 * Math.LN2],
  [{ kind: "lognormal", median: 8, sigma: 0.6 }, 0.5, 8],
  // 8·exp(0.6·1.2815515655446005)
  [{ kind: "lognormal", median: 8, sigma: 0.6 }, 0.9, 17.259668530947],
  [{ kind: "lognormal", median: 8, p99: 60 }, 0.5, 8],
  [{ kind: "lognormal", median: 8, p99: 60 }, 0.99, 60],
  [{ kind: "lognormal", median: 8, p99: 60 }, 0.01, 64 / 60],
  [{ kind: "pareto", min: 3, alpha: 2 }, 0.75, 6],
  [{ kind: "pareto", min: 3, alpha: 0.5 }, 0.5, 12],
  [{ kind: "weibull", scale: 4, shape: 2 }, 1 - Math.exp(-9), 12],
  [{ kind: "weibull", scale: 4, shape: 0.5 }, 1 - Math.exp(-2), 16],
  [{ kind: "erlang", mean: 5, k: 1 }, 0.5, 5 * Math.LN2],
  // P(X > x) = (1 + x)·e^-x for two stages of mean 1.
  [{ kind: "erlang", mean: 2, k: 2 }, 1 - 4 * Math.exp(-3), 3],
  [{ kind: "gamma", mean: 2, shape: 2 }, 1 - 4 * Math.exp(-3), 3],
  [twoParts, 0.45, 1],
  [twoParts, 0.95, 9 * Math.LN2],
  [{ kind: "empirical", values: [5, 1, 3, 3] }, 0.25, 1],
  [{ kind: "empirical", values: [5, 1, 3, 3] }, 0.26, 3],
  [{ kind: "empirical", values: [5, 1, 3, 3] }, 0.75, 3],
  [{ kind: "empirical", values: [5, 1, 3, 3] }, 1 - 2 ** -53, 5],
];

test.each(quantiles.map(([spec, u, value]) => [JSON.stringify(spec), u, value, spec] as const))(
  "%s has %s-quantile %s",
  (_text, u, value, spec) => {
    expect(Math.abs(makeDistribution(spec).quantile(u) / value - 1)).toBeLessThan(1e-11);
  },
);

/** Mean, variance and kurtosis (fourth central moment over the squared variance), from theory. */
const moments: [DistributionSpec, mean: number, variance: number, kurtosis: number][] = [
  [{ kind: "uniform", min: 2, max: 6 }, 4, 16 / 12, 1.8],
  [{ kind: "exponential", mean: 8 }, 8, 64, 9],
  // With w = e^(σ²): mean m·√w, variance m²·w·(w - 1), kurtosis w⁴ + 2w³ + 3w² - 3.
  [{ kind: "lognormal", median: 1, sigma: 0.6 }, 1.19721736312, 0.621103796084, 13.2733545511],
  [{ kind: "normal", mean: 100, stdev: 3 }, 100, 9, 3],
  [{ kind: "pareto", min: 5, alpha: 6 }, 6, 1.5, 3 + 107 / 3],
  // The square of a Weibull variate of shape 2 is exponential: moments Γ(1 + n/2).
  [{ kind: "weibull", scale: 1, shape: 2 }, Math.sqrt(Math.PI) / 2, 1 - Math.PI / 4, 3.2450893007],
  [{ kind: "gamma", mean: 3, shape: 0.5 }, 3, 18, 15],
  [{ kind: "gamma", mean: 3, shape: 20 }, 3, 9 / 20, 3.3],
  [{ kind: "erlang", mean: 4, k: 4 }, 4, 4, 4.5],
  // Raw moments 0.9 + 0.1·n!·9^n: 1.8, 17.1, 438.3, 15747.3.
  [twoParts, 1.8, 13.86, 12892.4712 / 13.86 ** 2],
  [{ kind: "empirical", values: [1, 2, 3, 4] }, 2.5, 1.25, 1.64],
];

test.each(moments.map(([spec, ...rest]) => [JSON.stringify(spec), ...rest, spec] as const))(
  "%s has mean %s and variance %s",
  (text, mean, variance, kurtosis, spec) => {
    const distribution = makeDistribution(spec);
    expect(distribution.constant).toBeUndefined();
    expect(Math.abs(distribution.mean / mean - 1)).toBeLessThan(1e-10);
    const random = new AleaStream(text);
    const draws = 100_000;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < draws; i++) {
      const distance = distribution.quantile(random.uniform()) - mean;
      sum += distance;
      squares += distance * distance;
    }
    // Five standard errors: √(variance / n) for the mean, variance·√((kurtosis - 1) / n) for the variance.
    expect(Math.abs(sum / draws)).toBeLessThan(5 * Math.sqrt(variance / draws));
    expect(Math.abs(squares / draws - variance)).toBeLessThan(
      5 * variance * Math.sqrt((kurtosis - 1) / draws),
    );
  },
);

test.each<[DistributionSpec, number]>([
  [{ kind: "constant", value: 7 }, 7],
  [{ kind: "uniform", min: 7, max: 7 }, 7],
  [{ kind: "exponential", mean: 0 }, 0],
  [{ kind: "lognormal", median: 7, p99: 7 }, 7],
  [{ kind: "normal", mean: 7, stdev: 0 }, 7],
  [{ kind: "pareto", min: 0, alpha: 1 }, 0],
  [{ kind: "weibull", scale: 0, shape: 1 }, 0],
  [{ kind: "gamma", mean: 0, shape: 1 }, 0],
  [{ kind: "empirical", values: [7, 7] }, 7],
  [
    {
      kind: "mixture",
      parts: [
        { weight: 0, of: exponentialOf9 },
        { weight: 1, of: { kind: "constant", value: 7 } },
      ],
    },
    7,
  ],
])("%j is always %s", (spec, value) => {
  const { constant, mean } = makeDistribution(spec);
  expect([constant, mean]).toEqual([value, value]);
});

test("quantiles stay finite and not negative at both ends of u", () => {
  for (const [spec] of moments) {
    const distribution = makeDistribution(spec);
    for (const u of [2 ** -53, 1 - 2 ** -53]) {
      expect(distribution.quantile(u)).toBeGreaterThanOrEqual(0);
      expect(distribution.quantile(u)).toBeLessThan(Infinity);
    }
  }
});

test("a part of a mixture begins again at its border", () => {
  const parts = [
    { weight: 1, of: exponentialOf9 },
    { weight: 1, of: { kind: "uniform", min: 100, max: 200 } },
  ] as const;
  const law = makeDistribution({ kind: "mixture", parts });
  expect(law.quantile(0.5 - 2 ** -54)).toBeGreaterThan(9 * 35);
  expect(law.quantile(0.5)).toBeCloseTo(100, 10);
  expect(law.quantile(0.75)).toBeCloseTo(150, 10);
});

test("at its border a part of a mixture has a number as quantile even if its own at 0 has none", () => {
  const lognormal = { weight: 1, of: { kind: "lognormal", median: 100, sigma: 0.1 } } as const;
  const law = makeDistribution({ kind: "mixture", parts: [{ weight: 1, of: exponentialOf9 }, lognormal] });
  expect(law.quantile(0.5)).toBeGreaterThan(40);
  expect(law.quantile(0.5)).toBeLessThan(100);
});

test("a Pareto distribution with alpha up to 1 has an infinite mean", () => {
  expect(makeDistribution({ kind: "pareto", min: 1, alpha: 1 }).mean).toBe(Infinity);
  expect(makeDistribution({ kind: "pareto", min: 1, alpha: 1.5 }).mean).toBe(3);
});

test.each<[DistributionSpec, RegExp]>([
  [{ kind: "constant", value: -1 }, /constant: value/],
  [{ kind: "uniform", min: 2, max: 1 }, /uniform: min \(2\).*max \(1\)/],
  [{ kind: "exponential", mean: Number.NaN }, /exponential: mean/],
  [{ kind: "lognormal", median: 0, sigma: 1 }, /lognormal: median/],
  [{ kind: "lognormal", median: 2, p99: 1 }, /lognormal: p99 \(1\).*median \(2\)/],
  [{ kind: "lognormal", median: 2, sigma: -1 }, /lognormal: sigma/],
  [{ kind: "normal", mean: -1, stdev: 1 }, /normal: mean/],
  [{ kind: "normal", mean: 1, stdev: -1 }, /normal: stdev/],
  [{ kind: "pareto", min: 1, alpha: 0 }, /pareto: alpha/],
  [{ kind: "weibull", scale: 1, shape: 0 }, /weibull: shape/],
  [{ kind: "gamma", mean: Infinity, shape: 1 }, /gamma: mean/],
  [{ kind: "erlang", mean: 1, k: 1.5 }, /erlang: k/],
  [{ kind: "mixture", parts: [] }, /mixture: at least one weight/],
  [{ kind: "mixture", parts: [{ weight: -1, of: exponentialOf9 }] }, /mixture: weight/],
  [{ kind: "empirical", values: [] }, /empirical: .* at least one/],
  [{ kind: "empirical", values: [1, -1] }, /empirical: value/],
])("%j is refused", (spec, message) => {
  expect(() => makeDistribution(spec)).toThrow(RangeError);
  expect(() => makeDistribution(spec)).toThrow(message);
});
