import libraryExp from "@stdlib/math-base-special-exp";

/**
 * e^x to about 2e-16 relative, the same on every engine. The library's function spends most of its time on the
 * binary exponent of its result; here it only sees |x| <= ln(2)/2, where there is none, and a table has the rest.
 */
export function exp(x: number): number {
  if (!(x > -700 && x < 700)) return libraryExp(x);
  const k = Math.floor(x * Math.LOG2E + 0.5);
  return libraryExp(x - k * LN_2_HIGH - k * LN_2_LOW) * POWERS_OF_2[k + BIAS]!;
}

/** The upper 33 bits of ln(2), so that its multiples by k are exact; and the rest. */
const LN_2_HIGH = 0.6931471803691238;
const LN_2_LOW = 1.9082149292705877e-10;

const BIAS = 1022;
const POWERS_OF_2 = powersOfTwo();

/** 2^-1022 to 2^1022. */
function powersOfTwo(): Float64Array {
  const powers = new Float64Array(2 * BIAS + 1);
  powers[BIAS] = 1;
  for (let k = 1; k <= BIAS; k++) {
    powers[BIAS + k] = powers[BIAS + k - 1]! * 2;
    powers[BIAS - k] = powers[BIAS - k + 1]! / 2;
  }
  return powers;
}
