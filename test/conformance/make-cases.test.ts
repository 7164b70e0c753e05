import { describe, expect, it } from "vitest";
import { readBootstrap } from "../../src/config/bootstrap.ts";
import { Problems } from "../../src/decode/problem.ts";
import { SourceFile } from "../../src/decode/source-file.ts";
import { ownBootstrap, sharedBootstrap } from "./bootstrap.ts";
import { inputFiles } from "./judge.ts";
import { KINDS } from "./kinds/kinds.ts";
import { makeCase, sharesOf } from "./make-cases.ts";
import { placeOf } from "./network.ts";

const NETWORK = { octet: 100, release: () => {} };
const caseOf = (kind: string, number: number, seed = "s") =>
  makeCase(seed, kind, number, placeOf(NETWORK, kind, number));
const textOf = (...args: Parameters<typeof caseOf>) => {
  const one = caseOf(...args);
  return JSON.stringify([...inputFiles(one, one.content.rules)]);
};

describe.each(Object.keys(KINDS))("cases of kind %s", (kind) => {
  it("depend on the seed, the kind and their number alone", () => {
    expect(textOf(kind, 3)).toBe(textOf(kind, 3));
    expect(textOf(kind, 4)).not.toBe(textOf(kind, 3));
    expect(textOf(kind, 3, "t")).not.toBe(textOf(kind, 3));
  });

  it("are such that meshsim reads them without an error", () => {
    for (let number = 0; number < 5; number++) {
      const problems = new Problems();
      readBootstrap(new SourceFile("envoy.yaml", ownBootstrap(caseOf(kind, number))), problems);
      expect(problems.sorted().filter(({ severity }) => severity === "error")).toEqual([]);
    }
  });

  it("can share an Envoy: names, ports and addresses are their own", () => {
    const cases = Array.from({ length: KINDS[kind]!.batch }, (_, number) => caseOf(kind, number));
    const { listeners, clusters } = sharedBootstrap(cases).static_resources as Record<
      string,
      { name: string }[]
    >;
    const upstreams = cases.flatMap(({ content }) => Object.keys(content.upstreams));
    const ports = cases.map(({ place }) => place.listener.port);
    for (const names of [listeners!, clusters!].map((list) => list.map(({ name }) => name)))
      expect(new Set(names).size).toBe(names.length);
    expect(new Set(upstreams).size).toBe(upstreams.length);
    expect(new Set(ports).size).toBe(cases.length);
  });
});

it("shares cases evenly among kinds", () => {
  expect([...sharesOf(["a", "b", "c"], 8)]).toEqual([
    ["a", 3],
    ["b", 3],
    ["c", 2],
  ]);
});
