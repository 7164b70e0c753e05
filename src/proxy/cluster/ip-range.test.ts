import { describe, expect, it } from "vitest";
import { messageOf } from "../../../test/support/message.ts";
import { isInRange, parseIp, readIpRange } from "./ip-range.ts";

function range(text: string) {
  const [address_prefix = "", length] = text.split("/");
  return readIpRange(messageOf({ address_prefix, prefix_len: Number(length) }))!;
}

describe("a range of addresses", () => {
  it.each([
    ["10.1.2.3", "10.1.0.0/16", true],
    ["10.2.2.3", "10.1.0.0/16", false],
    ["10.1.2.3", "10.1.2.0/31", false],
    ["10.1.2.3", "10.1.2.2/31", true],
    ["192.0.2.1", "128.0.0.0/1", true],
    ["10.1.2.3", "0.0.0.0/0", true],
    ["::1", "0.0.0.0/0", false],
    ["fd00::1:2", "fd00::/8", true],
    ["fe00::1", "fd00::/8", false],
    ["::ffff:10.1.2.3", "10.0.0.0/8", false],
    ["[2001:db8::5]", "2001:db8::4/126", true],
  ])("%s in %s: %s", (address, text, expected) => {
    expect(isInRange(parseIp(address)!, range(text))).toBe(expected);
  });

  it("is the same range whatever stands behind the prefix", () => {
    expect(range("10.1.2.3/16").text).toBe(range("10.1.0.0/16").text);
    expect(range("10.1.0.0/16").text).not.toBe(range("10.1.0.0/17").text);
  });
});

it.each(["web", "", "1.2.3", "256.1.1.1", "1::2::3", "1:2:3:4:5:6:7", "12345::", "1:2:3:4:5:6:7:8:9"])(
  "%j is no address",
  (text) => {
    expect(parseIp(text)).toBeUndefined();
  },
);
