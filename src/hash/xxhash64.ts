import { type Bytes, bytesOf } from "./bytes.ts";
import { upperProduct } from "./multiply.ts";
import type { U64 } from "./u64.ts";

/*
 * xxHash64 (Yann Collet's specification, https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md).
 * 64-bit numbers are two 32-bit halves, kept signed while they are worked on. `high` and `low` below are the one
 * register; functions leave their result in it, so that nothing is allocated but the hash itself.
 */
let high = 0;
let low = 0;

const PRIME_1 = { high: 0x9e3779b1, low: 0x85ebca87 };
const PRIME_2 = { high: 0xc2b2ae3d, low: 0x27d4eb4f };
const PRIME_3 = { high: 0x165667b1, low: 0x9e3779f9 };
const PRIME_4 = { high: 0x85ebca77, low: 0xc2b2ae63 };
const PRIME_5 = { high: 0x27d4eb2f, low: 0x165667c5 };

const NO_SEED: U64 = { high: 0, low: 0 };

/** The xxHash64 of a text's bytes in UTF-8. */
export function xxHash64(text: string, seed: U64 = NO_SEED): U64 {
  const bytes = bytesOf(text);
  const { buffer, length } = bytes;
  let at = 0;
  if (length >= 32) at = hashStripes(bytes, seed);
  else {
    high = seed.high;
    low = seed.low;
    add(PRIME_5.high, PRIME_5.low);
  }
  add(0, length);
  for (; at + 8 <= length; at += 8) mixWord(word(buffer, at + 4), word(buffer, at));
  if (at + 4 <= length) {
    mixHalfWord(word(buffer, at));
    at += 4;
  }
  for (; at < length; at++) mixByte(buffer[at]!);
  avalanche();
  return { high: high >>> 0, low: low >>> 0 };
}

/** Four lanes over stripes of 32 bytes; returns where the rest begins. */
function hashStripes({ buffer, length }: Bytes, seed: U64): number {
  const lanes = startLanes(seed);
  let at = 0;
  for (; at + 32 <= length; at += 32)
    for (let lane = 0; lane < 4; lane++) {
      high = lanes[2 * lane]!;
      low = lanes[2 * lane + 1]!;
      round(word(buffer, at + 8 * lane + 4), word(buffer, at + 8 * lane));
      lanes[2 * lane] = high;
      lanes[2 * lane + 1] = low;
    }
  mergeLanes(lanes);
  return at;
}

/** The lanes' halves in pairs: seed + prime 1 + prime 2, seed + prime 2, seed, seed - prime 1. */
function startLanes(seed: U64): Int32Array {
  const lanes = new Int32Array(8);
  const store = (lane: number) => {
    lanes[2 * lane] = high;
    lanes[2 * lane + 1] = low;
  };
  high = seed.high;
  low = seed.low;
  store(2);
  add(PRIME_2.high, PRIME_2.low);
  store(1);
  add(PRIME_1.high, PRIME_1.low);
  store(0);
  high = seed.high;
  low = seed.low;
  add(~PRIME_1.high, -PRIME_1.low);
  store(3);
  return lanes;
}

function mergeLanes(lanes: Int32Array): void {
  let sumHigh = 0;
  let sumLow = 0;
  [1, 7, 12, 18].forEach((bits, lane) => {
    high = lanes[2 * lane]!;
    low = lanes[2 * lane + 1]!;
    rotate(bits);
    add(sumHigh, sumLow);
    sumHigh = high;
    sumLow = low;
  });
  for (let lane = 0; lane < 4; lane++) {
    high = low = 0;
    round(lanes[2 * lane]!, lanes[2 * lane + 1]!);
    high ^= sumHigh;
    low ^= sumLow;
    multiply(PRIME_1);
    add(PRIME_4.high, PRIME_4.low);
    sumHigh = high;
    sumLow = low;
  }
}

/** One lane takes up 8 bytes. */
function round(inputHigh: number, inputLow: number): void {
  const accumulatorHigh = high;
  const accumulatorLow = low;
  high = inputHigh;
  low = inputLow;
  multiply(PRIME_2);
  add(accumulatorHigh, accumulatorLow);
  rotate(31);
  multiply(PRIME_1);
}

function mixWord(inputHigh: number, inputLow: number): void {
  const beforeHigh = high;
  const beforeLow = low;
  high = low = 0;
  round(inputHigh, inputLow);
  high ^= beforeHigh;
  low ^= beforeLow;
  rotate(27);
  multiply(PRIME_1);
  add(PRIME_4.high, PRIME_4.low);
}

function mixHalfWord(input: number): void {
  low ^= Math.imul(input, PRIME_1.low);
  high ^= upperProduct(input, PRIME_1.low) + Math.imul(input, PRIME_1.high);
  rotate(23);
  multiply(PRIME_2);
  add(PRIME_3.high, PRIME_3.low);
}

function mixByte(input: number): void {
  low ^= Math.imul(input, PRIME_5.low);
  high ^= upperProduct(input, PRIME_5.low) + Math.imul(input, PRIME_5.high);
  rotate(11);
  multiply(PRIME_1);
}

function avalanche(): void {
  low ^= high >>> 1;
  multiply(PRIME_2);
  low ^= (low >>> 29) | (high << 3);
  high ^= high >>> 29;
  multiply(PRIME_3);
  low ^= high;
}

function add(addedHigh: number, addedLow: number): void {
  const sum = (low >>> 0) + (addedLow >>> 0);
  low = sum | 0;
  high = (high + addedHigh + (sum > 0xffffffff ? 1 : 0)) | 0;
}

function multiply(factor: U64): void {
  high = (upperProduct(low, factor.low) + Math.imul(low, factor.high) + Math.imul(high, factor.low)) | 0;
  low = Math.imul(low, factor.low);
}

/** To the left, by 1 to 31 bits. */
function rotate(bits: number): void {
  const carried = high >>> (32 - bits);
  high = (high << bits) | (low >>> (32 - bits));
  low = (low << bits) | carried;
}

/** Four bytes, little endian. */
function word(buffer: Uint8Array, at: number): number {
  return buffer[at]! | (buffer[at + 1]! << 8) | (buffer[at + 2]! << 16) | (buffer[at + 3]! << 24);
}
