import fc from "fast-check";
import { describe, expect, test } from "vitest";
import xxhash from "xxhash-wasm";
import { murmurHash2 } from "./murmur2.ts";
import { compareU64, hexOfU64, moduloU64, type U64 } from "./u64.ts";
import { xxHash64 } from "./xxhash64.ts";

const { h64 } = await xxhash();
const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const u64 = fc.record({ high: uint32, low: uint32 });
const bigOf = ({ high, low }: U64) => (BigInt(high) << 32n) | BigInt(low);

describe("xxHash64", () => {
  test("agrees with the reference implementation for texts of any length and any seed", () => {
    const text = fc.oneof(fc.string({ maxLength: 200 }), fc.string({ unit: "grapheme", maxLength: 200 }));
    fc.assert(
      fc.property(text, u64, (text, seed) => {
        expect(bigOf(xxHash64(text, seed))).toBe(h64(text, bigOf(seed)));
      }),
      { numRuns: 2000 },
    );
  });

  test("takes texts longer than its buffer", () => {
    const text = "0123456789".repeat(1000);
    expect(bigOf(xxHash64(text))).toBe(h64(text));
    expect(bigOf(xxHash64("€".repeat(5000)))).toBe(h64("€".repeat(5000)));
  });
});

/** MurmurHash64A over whole 64-bit numbers, from Appleby's description. */
function murmurReference(bytes: Uint8Array): bigint {
  const multiplier = 0xc6a4a7935bd1e995n;
  const times = (value: bigint) => BigInt.asUintN(64, value * multiplier);
  const mix = (value: bigint) => value ^ (value >> 47n);
  const little = (from: number, to: number) =>
    bytes.slice(from, to).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  let hash = 0xc70f6907n ^ times(BigInt(bytes.length));
  const whole = bytes.length - (bytes.length % 8);
  for (let at = 0; at < whole; at += 8) hash = times(hash ^ times(mix(times(little(at, at + 8)))));
  if (whole < bytes.length) hash = times(hash ^ little(whole, bytes.length));
  return mix(times(mix(hash)));
}

test("MurmurHash2 agrees with its definition", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (text) => {
      expect(bigOf(murmurHash2(text))).toBe(murmurReference(new TextEncoder().encode(text)));
    }),
    { numRuns: 1000 },
  );
});

test("order, remainder and digits of 64-bit numbers", () => {
  fc.assert(
    fc.property(u64, u64, fc.integer({ min: 1, max: 2 ** 32 }), (a, b, n) => {
      const [x, y] = [bigOf(a), bigOf(b)];
      expect(Math.sign(compareU64(a, b))).toBe(x < y ? -1 : x > y ? 1 : 0);
      expect(moduloU64(a, n)).toBe(Number(x % BigInt(n)));
      expect(BigInt(`0x${hexOfU64(a)}`)).toBe(x);
      expect(hexOfU64(a)).toHaveLength(16);
    }),
  );
});
