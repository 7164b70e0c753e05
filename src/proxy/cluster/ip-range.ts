import type { Message } from "../../decode/message.ts";

/** The bytes of an IP address: 4 or 16. */
export type IpAddress = readonly number[];

/** A range of IP addresses: those that begin with the same bits. */
export interface IpRange {
  /** Canonical, such as `10.0.0.0/8`: equal ranges have equal texts. */
  readonly text: string;
  readonly address: IpAddress;
  /** How many bits count. */
  readonly length: number;
}

/** Reads a `core.v3.CidrRange`; undefined where its address is not one. Bits behind the prefix do not count. */
export function readIpRange(range: Message): IpRange | undefined {
  const address = parseIp(range.string("address_prefix"));
  if (address === undefined) return undefined;
  const length = Math.min(address.length * 8, range.number("prefix_len", 0));
  const kept = address.map(
    (byte, i) => byte & (0xff << (8 - Math.min(8, Math.max(0, length - 8 * i)))) & 0xff,
  );
  return { text: `${kept.join(".")}/${length}`, address: kept, length };
}

/** IPv4 and IPv6 addresses lie in ranges of their own kind only. */
export function isInRange(ip: IpAddress, { address, length }: IpRange): boolean {
  if (ip.length !== address.length) return false;
  for (let bit = 0; bit < length; bit += 8) {
    const mask = 0xff << (8 - Math.min(8, length - bit));
    if (((ip[bit / 8]! ^ address[bit / 8]!) & mask & 0xff) !== 0) return false;
  }
  return true;
}

/** The bytes of an address, an IPv6 one also in brackets; undefined for any other text. */
export function parseIp(text: string): IpAddress | undefined {
  if (!text.includes(":")) return parseIpv4(text);
  return parseIpv6(text.replace(/^\[(.*)\]$/, "$1"));
}

const LOOPBACK: IpAddress = [127, 0, 0, 1];

/** Only 127.0.0.1 and ::1 (Envoy 1.40, Utility::isLoopbackAddress in source/common/network/utility.cc). */
export function isLoopback(ip: IpAddress): boolean {
  if (ip.length === 4) return ip.every((byte, i) => byte === LOOPBACK[i]);
  return ip.every((byte, i) => byte === (i === 15 ? 1 : 0));
}

function parseIpv4(text: string): IpAddress | undefined {
  const bytes = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  return bytes?.every((byte) => byte <= 255) ? bytes : undefined;
}

function parseIpv6(text: string): IpAddress | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [front, back] = [bytesOfGroups(halves[0]!), bytesOfGroups(halves[1] ?? "")];
  if (front === undefined || back === undefined) return undefined;
  const missing = 16 - front.length - back.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return [...front, ...new Array<number>(missing).fill(0), ...back];
}

/** Groups of hexadecimal digits, the last of which may be an IPv4 address. */
function bytesOfGroups(text: string): number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  for (const group of text.split(":")) {
    const ipv4 = group.includes(".") ? parseIpv4(group) : undefined;
    if (ipv4 !== undefined) bytes.push(...ipv4);
    else if (/^[0-9a-fA-F]{1,4}$/.test(group))
      bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff);
    else return undefined;
  }
  return bytes;
}
