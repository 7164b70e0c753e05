import ln from "@stdlib/math-base-special-ln";

/** The logarithm of Γ(x) for x > 0: Stirling's series, after Γ(x + 1) = x·Γ(x) has taken x to 15 or more. */
export function lnGamma(x: number): number {
  let product = 1;
  let y = x;
  for (; y < 15; y++) product *= y;
  const r = 1 / (y * y);
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188))))) / y;
  return (y - 0.5) * ln(y) - y + HALF_LN_2_PI + series - ln(product);
}

const HALF_LN_2_PI = 0.9189385332046727;

/**
 * The lower incomplete gamma function over x^a·e^(-x), as its power series Σ x^n / (a·(a+1)···(a+n)). Quick for
 * x up to about a + 1.
 */
export function lowerGammaSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = a + 1; term > sum * 1e-17; n++) {
    term *= x / n;
    sum += term;
  }
  return sum;
}

/**
 * The upper incomplete gamma function over x^a·e^(-x), as Legendre's continued fraction
 * 1/(x+1-a - 1·(1-a)/(x+3-a - 2·(2-a)/(x+5-a - ...))), evaluated forwards by Lentz's method. For x >= a + 1,
 * where no denominator comes near 0.
 */
export function upperGammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  let fraction = d;
  for (let i = 1, factor = 0; Math.abs(factor - 1) > 1e-15; i++) {
    const numerator = i * (a - i);
    b += 2;
    d = 1 / (b + numerator * d);
    c = b + numerator / c;
    factor = c * d;
    fraction *= factor;
  }
  return fraction;
}
