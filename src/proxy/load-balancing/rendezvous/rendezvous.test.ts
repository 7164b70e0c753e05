import { expect, test } from "vitest";
import { xxHash64 } from "../../../hash/xxhash64.ts";
import { testPolicy } from "../policy.suite.ts";
import { rendezvous } from "./config.ts";
import { rendezvousKind } from "./rendezvous-table.ts";

testPolicy("rendezvous hashing", rendezvous.configure({}), {
  drawsPerPick: 1,
  drawsAtConstruction: 0,
  weights: "by chance",
});

const keys = ["a", "b", "c", "d", "e"];
const evenly = (count: number) => Array<number>(count).fill(1 / count);

test("when a host goes, only its keys move, each to its next host", () => {
  const all = rendezvousKind.build(keys, evenly(5));
  const without = rendezvousKind.build(keys.slice(0, 4), evenly(4));
  for (let i = 0; i < 500; i++) {
    const hash = xxHash64(`key-${i}`);
    const before = all.lookUp(hash, 0);
    expect(without.lookUp(hash, 0)).toBe(before === 4 ? all.lookUp(hash, 1) : before);
  }
});

test("further attempts go through all hosts", () => {
  const table = rendezvousKind.build(keys, [0.1, 0.2, 0.3, 0.3, 0.1]);
  const hash = xxHash64("key");
  expect(new Set([0, 1, 2, 3, 4].map((attempt) => table.lookUp(hash, attempt))).size).toBe(5);
});
