import type { U64 } from "../../../src/hash/u64.ts";

/** What meshsim answers to the vectors of each kind. */
// biome-ignore lint/suspicious/noExplicitAny: each kind of vector has its own shape.
export type Answers = Readonly<Record<string, (input: any) => unknown>>;

/** A 64-bit number from its decimal digits. */
export function u64(text: string): U64 {
  const value = BigInt(text);
  return { high: Number(value >> 32n), low: Number(value & 0xffffffffn) };
}

export function decimal({ high, low }: U64): string {
  return String((BigInt(high) << 32n) | BigInt(low));
}

export function lowHalf(text: string): number {
  return u64(text).low;
}
