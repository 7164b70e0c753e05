import { bytesOf } from "./bytes.ts";
import { upperProduct } from "./multiply.ts";
import type { U64 } from "./u64.ts";

/** Austin Appleby's multiplier of MurmurHash64A, and the seed with which Envoy calls it, that of libstdc++. */
const MULTIPLIER: U64 = { high: 0xc6a4a793, low: 0x5bd1e995 };
const SEED = 0xc70f6907;

let high = 0;
let low = 0;

/**
 * MurmurHash64A of a text's bytes in UTF-8, as Envoy 1.40 computes it for ring points
 * (source/common/common/hash.cc).
 */
export function murmurHash2(text: string): U64 {
  const { buffer, length } = bytesOf(text);
  high = 0;
  low = length;
  multiply();
  low ^= SEED;
  let at = 0;
  for (; at + 8 <= length; at += 8) mixBlock(word(buffer, at + 4, 4), word(buffer, at, 4));
  if (at < length) {
    low ^= word(buffer, at, Math.min(4, length - at));
    high ^= word(buffer, at + 4, length - at - 4);
    multiply();
  }
  mixShifted();
  multiply();
  mixShifted();
  return { high: high >>> 0, low: low >>> 0 };
}

function mixBlock(blockHigh: number, blockLow: number): void {
  const beforeHigh = high;
  const beforeLow = low;
  high = blockHigh;
  low = blockLow;
  multiply();
  mixShifted();
  multiply();
  high ^= beforeHigh;
  low ^= beforeLow;
  multiply();
}

/** v ^ (v >> 47) */
function mixShifted(): void {
  low ^= high >>> 15;
}

function multiply(): void {
  high =
    (upperProduct(low, MULTIPLIER.low) + Math.imul(low, MULTIPLIER.high) + Math.imul(high, MULTIPLIER.low)) |
    0;
  low = Math.imul(low, MULTIPLIER.low);
}

/** Up to four bytes, little endian. */
function word(buffer: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) value |= buffer[at + i]! << (8 * i);
  return value;
}
