import fc from "fast-check";
import { expect, test } from "vitest";
import { gamma } from "./gamma.ts";

// Quantiles for scale 1, from the regularised incomplete gamma function in 40 digits, solved by bisection.
test.each([
  [0.05, 1e-12, 5.8446320572865e-241],
  [0.05, 0.01, 5.8446320572865e-41],
  [0.05, 0.5, 5.573878440746243e-7],
  [0.05, 0.9, 0.07631711390918845],
  [0.05, 0.99, 1.08762740009181],
  [0.5, 1e-12, 7.853981633974483e-25],
  [0.5, 0.01, 7.854392895485099e-5],
  [0.5, 0.5, 0.2274682115597864],
  [0.5, 0.9, 1.3527717270477073],
  [0.5, 0.99, 3.3174483005106077],
  [1.5, 1e-12, 1.2089939713590179e-8],
  [1.5, 0.01, 0.05741590094955852],
  [1.5, 0.5, 1.182986942187669],
  [1.5, 0.9, 3.1256943155851618],
  [1.5, 0.99, 5.672433365072186],
  [2, 1e-12, 1.4142142290401938e-6],
  [2, 0.01, 0.14855474025326595],
  [2, 0.5, 1.6783469900166608],
  [2, 0.9, 3.889720169867429],
  [2, 0.99, 6.638352067993813],
  [4, 1e-12, 0.002214344250190893],
  [4, 0.01, 0.8232486863453852],
  [4, 0.5, 3.672060748850896],
  [4, 0.9, 6.680783068255864],
  [4, 0.99, 10.045117514831617],
  [10, 1e-12, 0.29346037331774016],
  [10, 0.01, 4.130199166273199],
  [10, 0.5, 9.668714614714132],
  [10, 0.9, 14.205990292152817],
  [10, 0.99, 18.783117393312526],
  [100, 1e-12, 44.886022030017614],
  [100, 0.01, 78.21598305379582],
  [100, 0.5, 99.66686491931549],
  [100, 0.9, 113.01052385984448],
  [100, 0.99, 124.7225614907208],
  [1000, 1e-12, 793.4392266170769],
  [1000, 0.01, 927.9081597966425],
  [1000, 0.5, 999.6666864269652],
  [1000, 0.9, 1040.73430801369],
  [1000, 0.99, 1075.032832086435],
])("shape %s has %s-quantile %s", (shape, u, value) => {
  expect(Math.abs(gamma(shape, shape).quantile(u) / value - 1)).toBeLessThan(2e-13);
});

test("it rises with u for every shape, also where its expansions meet", () => {
  const u = fc.double({ min: 2 ** -53, max: 1 - 2 ** -53, noNaN: true });
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 2000, noNaN: true }), u, u, (shape, one, other) => {
      const law = gamma(1, shape);
      const low = law.quantile(Math.min(one, other));
      const high = law.quantile(Math.max(one, other));
      // Equal up to the error of the inversion, which grows with the shape.
      expect(high - low).toBeGreaterThanOrEqual(-1e-12 * high);
      expect(Number.isFinite(high)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test("with shape 1 it is exponential, with shape 1/2 half the square of a normal variate", () => {
  for (const u of [1e-9, 0.1, 0.5, 0.9, 1 - 2 ** -30]) {
    expect(gamma(3, 1).quantile(u) / (-3 * Math.log1p(-u))).toBeCloseTo(1, 12);
  }
  // P(Z² <= 1.959963984540054²) = 0.95.
  expect(gamma(0.5, 0.5).quantile(0.95)).toBeCloseTo(1.959963984540054 ** 2 / 2, 12);
});
