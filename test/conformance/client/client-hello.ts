/** What a ClientHello says: the name asked for and the protocols offered, each absent where it is null. */
export interface Hello {
  readonly sni?: string | null;
  readonly alpn?: readonly string[] | null;
}

const SERVER_NAME = 0;
const SUPPORTED_GROUPS = 10;
const SIGNATURE_ALGORITHMS = 13;
const APPLICATION_PROTOCOLS = 16;
const SUPPORTED_VERSIONS = 43;
/** TLS_AES_128_GCM_SHA256 and TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256. */
const CIPHERS = [0x1301, 0xc02f];
const HANDSHAKE = 22;
const CLIENT_HELLO = 1;

/** The first record of a TLS connection (RFC 8446, section 4.1.2): enough for those who only look at it. */
export function clientHello({ sni, alpn }: Hello): Buffer {
  const extensions = [
    ...(sni == null ? [] : [extension(SERVER_NAME, vector(2, u8(0), vector(2, Buffer.from(sni))))]),
    extension(SUPPORTED_GROUPS, vector(2, u16(0x001d))),
    extension(SIGNATURE_ALGORITHMS, vector(2, u16(0x0403), u16(0x0804))),
    ...(alpn == null
      ? []
      : [extension(APPLICATION_PROTOCOLS, vector(2, ...alpn.map((name) => vector(1, Buffer.from(name)))))]),
    extension(SUPPORTED_VERSIONS, vector(1, u16(0x0304), u16(0x0303))),
  ];
  const hello = Buffer.concat([
    u16(0x0303),
    Buffer.alloc(32, 7),
    vector(1),
    vector(2, ...CIPHERS.map(u16)),
    vector(1, u8(0)),
    vector(2, ...extensions),
  ]);
  return Buffer.concat([u8(HANDSHAKE), u16(0x0301), vector(2, u8(CLIENT_HELLO), vector(3, hello))]);
}

function extension(type: number, content: Buffer): Buffer {
  return Buffer.concat([u16(type), vector(2, content)]);
}

/** The parts behind their length, which has so many bytes. */
function vector(lengthBytes: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(content.length, 0, lengthBytes);
  return Buffer.concat([length, content]);
}

function u8(value: number): Buffer {
  return Buffer.from([value]);
}

function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}
