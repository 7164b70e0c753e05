import { expect, it } from "vitest";
import { compileUriTemplate } from "./uri-template.ts";

it.each([
  ["/t/{a}/x/{b=**}", "/t/foo/x/bar/baz", true],
  ["/t/{a}/x/{b=**}", "/t/foo/bar/x/z", false],
  ["/k/*/l", "/k/1/l", true],
  ["/k/*/l", "/k/1/2/l", false],
  ["/k/*/l", "/k//l", false],
  ["/m/**", "/m/", true],
  ["/m/**", "/m", false],
  ["/m/**.ts", "/m/a/b.ts", true],
  ["/m/**.ts", "/m/a/bxts", false],
  ["/v/{id=users/*}", "/v/users/7", true],
  ["/v/{id=users/*}", "/v/7", false],
])("%s fits %s: %s", (template, path, fits) => {
  expect(compileUriTemplate(template).testExact(path)).toBe(fits);
});
