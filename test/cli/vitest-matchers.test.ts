import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toMatchGolden, toMeetExpectations } from "../../src/cli/vitest-matchers.ts";
import { Workplace } from "../support/command-line.ts";

expect.extend({ toMeetExpectations, toMatchGolden });

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

const pathOf = (name: string) => join(place.path, name);

describe("toMeetExpectations", () => {
  test("passes where every run comes out as expected, and says which does not and why", () => {
    expect(pathOf("small.yaml")).toMeetExpectations();
    expect(pathOf("small.yaml")).toMeetExpectations({ variant: null, seed: "11" });
    expect(pathOf("failing.yaml")).not.toMeetExpectations();
    expect(() => expect(pathOf("failing.yaml")).toMeetExpectations()).toThrow(
      /failing\n {2}✘ web\.success_rate < 50% .*\n {6}off by/,
    );
  });

  test("refuses a scenario with errors, an unknown variant, and one that expects nothing", () => {
    expect(() => expect(pathOf("wrong.yaml")).not.toMeetExpectations()).toThrow(/wrong\.yaml:9:5: error/);
    expect(() => expect(pathOf("small.yaml")).toMeetExpectations({ variant: "light" })).toThrow(/no variant/);
    expect(() => expect(pathOf("small.yaml")).toMeetExpectations({ variant: "heavy" })).toThrow(/nothing/);
  });
});

describe("toMatchGolden", () => {
  test("needs a golden summary, and tells what differs from it", () => {
    expect(() => expect(pathOf("small.yaml")).toMatchGolden()).toThrow(/--update/);
    expect(place.meshsim(["test", "small.yaml", "--update", "--quiet"]).code).toBe(0);
    expect(pathOf("small.yaml")).toMatchGolden();
    place.write("small.yaml", place.read("small.yaml").replace("slow: 10", "errors: { 503: 100% }"));
    expect(pathOf("small.yaml")).not.toMatchGolden({ variant: null });
    expect(() => expect(pathOf("small.yaml")).toMatchGolden()).toThrow(
      /small\n {2}✘ golden: .* → .*\n {6}first differing request web#\d+.*\n(.*\n)+small, variant heavy\n/,
    );
  });
});
