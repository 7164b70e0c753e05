/**
 * The rank, from 1 to n, of quantile q in n ordered values: the least whole number that is at least q·n. A
 * product that misses a whole number by rounding alone counts as that number: in doubles 0.07·100 is above 7.
 */
export function quantileRank(q: number, n: number): number {
  if (!(q >= 0 && q <= 1)) throw new RangeError(`a quantile is between 0 and 1, not ${q}`);
  const product = q * n;
  const nearest = Math.round(product);
  const rank = Math.abs(product - nearest) <= product * 2 * Number.EPSILON ? nearest : Math.ceil(product);
  return Math.max(rank, 1);
}
