import { expect, test } from "vitest";
import { stripPort, stripTrailingDot, withoutPort } from "./authority.ts";

test.each([
  ["shop.example.", "shop.example"],
  ["shop.example.:80", "shop.example:80"],
  ["shop.example", "shop.example"],
  ["[fc00::1]:80", "[fc00::1]:80"],
])("the final dot of %s", (host, stripped) => {
  expect(stripTrailingDot(host)).toBe(stripped);
});

test("only a number counts as a port to strip, anything after the colon as one to ignore", () => {
  expect(stripPort("shop:http")).toBe("shop:http");
  expect(withoutPort("shop:http")).toBe("shop");
});
