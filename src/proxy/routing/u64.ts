const LARGEST = "18446744073709551615";

/**
 * A text read as absl reads an unsigned 64-bit number, modulo n (1 <= n <= 2^32); undefined when it is none.
 * Digit by digit, because such numbers do not fit a double.
 */
export function parseU64Modulo(text: string, n: number): number | undefined {
  const [, digits] = /^[ \t\n\v\f\r]*\+?0*(\d+)[ \t\n\v\f\r]*$/.exec(text) ?? [];
  if (digits === undefined || digits.length > LARGEST.length) return undefined;
  if (digits.length === LARGEST.length && digits > LARGEST) return undefined;
  let remainder = 0;
  for (const digit of digits) remainder = (remainder * 10 + Number(digit)) % n;
  return remainder;
}
