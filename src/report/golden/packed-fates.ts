import { brotliCompressSync, brotliDecompressSync } from "node:zlib";

/** Characters of packed text at most; some hundred thousand requests, where few of them fail. */
const LONGEST_PACKED = 48 * 1024;
/** Nobody's golden summary unpacks to more. */
const LONGEST_UNPACKED = 1 << 28;

/** Packs as many of the numbers, from the first one, as fit. */
export function packPrefix(values: readonly number[]): { packed: string; count: number } {
  for (let count = values.length; ; count = Math.floor(count / 2)) {
    const packed = brotliCompressSync(varints(values.slice(0, count))).toString("base64");
    if (packed.length <= LONGEST_PACKED) return { packed, count };
  }
}

/** Throws an error for a text that nobody packed. */
export function unpack(packed: string): number[] {
  const bytes = brotliDecompressSync(Buffer.from(packed, "base64"), { maxOutputLength: LONGEST_UNPACKED });
  const values: number[] = [];
  let value = 0;
  let scale = 1;
  for (const byte of bytes) {
    value += (byte & 0x7f) * scale;
    scale *= 0x80;
    if (byte < 0x80) {
      values.push(value);
      [value, scale] = [0, 1];
    }
  }
  return values;
}

/** Seven bits a byte, the least first; the highest bit of a byte says that more follow (as protobuf writes them). */
function varints(values: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (let value of values) {
    for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) + 0x80);
    bytes.push(value);
  }
  return Uint8Array.from(bytes);
}
