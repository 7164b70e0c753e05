import type { Message } from "../decode/message.ts";

const BITS = 32;

/** IPv4 ranges: a list of `core.v3.CidrRange`. Addresses of other kinds lie in none. */
export class AddressRanges {
  private readonly ranges: readonly { readonly prefix: number; readonly shift: number }[];

  constructor(ranges: readonly Message[]) {
    this.ranges = ranges.flatMap((range) => {
      const address = ipv4(range.string("address_prefix"));
      const shift = BITS - Math.min(BITS, range.number("prefix_len", 0));
      return address === undefined ? [] : [{ prefix: shifted(address, shift), shift }];
    });
  }

  contain(text: string): boolean {
    const address = ipv4(text);
    return (
      address !== undefined && this.ranges.some(({ prefix, shift }) => shifted(address, shift) === prefix)
    );
  }
}

/** An address as a number; undefined for what is not four decimal bytes. */
function ipv4(text: string): number | undefined {
  const bytes = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (bytes === undefined || bytes.some((byte) => byte > 255)) return undefined;
  return bytes.reduce((address, byte) => address * 256 + byte, 0);
}

/** Without the lowest bits. */
function shifted(address: number, bits: number): number {
  return bits === 32 ? 0 : address >>> bits;
}
