/** What a request's chance is used for: each purpose has its own, independent of the others. Below 16. */
export const LuckPurpose = {
  work: 0,
  error: 1,
  reset: 2,
  latencyOut: 3,
  latencyBack: 4,
  lossOut: 5,
  lossBack: 6,
  overhead: 7,
  header: 8,
  requestChoice: 9,
  share: 10,
  keyHigh: 11,
  keyLow: 12,
  think: 13,
  callKeyHigh: 14,
  callKeyLow: 15,
} as const;

/**
 * The chance of one request at one place: uniform in (0, 1), 53 bits, a pure function of its arguments. So the
 * request meets the same luck whatever else happens in the run.
 *
 * @param keyHi high half of the request's 64-bit key (any 32-bit integer, signed or not)
 * @param keyLo low half
 * @param place a service or proxy, a whole number in [0, 2^28)
 * @param ordinal how often the request was at this place before, any 32-bit integer
 * @param purpose one of `LuckPurpose`
 */
export function luck(keyHi: number, keyLo: number, place: number, ordinal: number, purpose: number): number {
  // Every line is a bijection of the 64 bits (a, b), so one key never meets the same number twice. The first two
  // spread the key, so that neighbouring keys are as good as random ones; the odd multipliers are those of
  // MurmurHash3's finalizer, Knuth's golden ratio, Wellons' hash prospector and Eiserloh's noise functions.
  let a = Math.imul(keyLo ^ (keyLo >>> 16), 0x85ebca6b);
  let b = Math.imul(keyHi ^ a ^ (a >>> 13), 0xc2b2ae35);
  a = (a + ordinal) | 0;
  b ^= Math.imul((place << 4) | purpose, 0x9e3779b1);
  a = Math.imul(a ^ (a >>> 16) ^ b, 0x7feb352d);
  b = Math.imul(b ^ (b >>> 15) ^ a ^ (a >>> 16), 0x846ca68b);
  a = Math.imul(a ^ (a >>> 16) ^ b ^ (b >>> 15), 0x68bc21eb);
  b = Math.imul(b ^ (b >>> 15) ^ a ^ (a >>> 16), 0x02e5be93);
  a ^= b ^ (b >>> 15);
  b ^= a >>> 16;
  const bits = (a >>> 0) * 0x200000 + (b >>> 11);
  return (bits === 0 ? 0.5 : bits) * TWO_TO_MINUS_53;
}

const TWO_TO_MINUS_53 = 1 / 0x20000000000000;
