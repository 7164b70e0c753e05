const encoder = new TextEncoder();
let buffer = new Uint8Array(1024);

/** The bytes of a text in UTF-8, valid until the next call, and how many they are. */
export interface Bytes {
  readonly buffer: Uint8Array;
  readonly length: number;
}

const shared: { buffer: Uint8Array; length: number } = { buffer, length: 0 };

/** The bytes of a text in UTF-8, in a buffer that the next call uses again. */
export function bytesOf(text: string): Bytes {
  const { length } = text;
  if (buffer.length < 3 * length) buffer = new Uint8Array(6 * length);
  shared.buffer = buffer;
  shared.length = length;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) buffer[i] = code;
    else {
      shared.length = encoder.encodeInto(text, buffer).written;
      break;
    }
  }
  return shared;
}
