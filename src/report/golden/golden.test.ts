import fc from "fast-check";
import { expect, test } from "vitest";
import { makeResult } from "../../../test/support/result-fixture.ts";
import { type ClientFates, MARKS } from "../../experiment/replicate/fates.ts";
import { goldenDifferences } from "./differences.ts";
import { unitOfFigure } from "./figures.ts";
import { type Golden, makeGoldenRun } from "./golden.ts";
import { formatGolden, goldenPathOf, readGolden } from "./golden-file.ts";
import { packPrefix, unpack } from "./packed-fates.ts";
import { figureText } from "./text.ts";

const MINUTE = 60e9;

function fatesOf(changes: Partial<ClientFates> = {}): ClientFates {
  const marks = Array.from({ length: MARKS }, (_, index) => index);
  return { client: "web", kinds: ["200", "503 UO"], fates: [0, 0, 1, 0], arrivals: 5, marks, ...changes };
}

test("what is packed comes back, whatever the numbers", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 100_000 }), { maxLength: 500 }), (values) => {
      const { packed, count } = packPrefix(values);
      expect([unpack(packed), count]).toEqual([values, values.length]);
    }),
  );
});

test("what would make the file large is left out from the end", () => {
  let state = 1;
  const noise = Array.from({ length: 200_000 }, () => (state = Math.imul(state, 48_271) >>> 0) >>> 25);
  const { packed, count } = packPrefix(noise);
  expect(count).toBeLessThan(noise.length);
  expect(packed.length).toBeLessThan(50_000);
  expect(unpack(packed)).toEqual(noise.slice(0, count));
});

test("a golden summary is read as it was written", () => {
  const run = makeGoldenRun(makeResult(), [fatesOf()]);
  const golden: Golden = { scenario: "s", seed: "7", base: run, variants: new Map([["other", run]]) };
  const text = formatGolden(golden);
  expect(readGolden(text)).toEqual(golden);
  expect(formatGolden(readGolden(text))).toBe(text);
  expect(() => readGolden(text.replace('"schema": 1', '"schema": 2'))).toThrow(/schema/);
  expect(() => readGolden(text.replace('"recorded": 4', '"recorded": 5'))).toThrow(/web/);
  expect(goldenPathOf("a.b/c.d.yaml")).toBe("a.b/c.d.golden.json");
});

test("differences are told by figure, the first request of another fate, and the first part that goes otherwise", () => {
  const result = makeResult();
  const was = makeGoldenRun(result, [fatesOf()]);
  expect(goldenDifferences(was, was, MINUTE)).toBeUndefined();
  const [client, ...others] = result.clients;
  const changed = {
    ...result,
    digest: "sha256:other",
    clients: [{ ...client!, successRate: 0.25 }, ...others],
  };
  const is = makeGoldenRun(changed, [
    fatesOf({ fates: [0, 0, 0, 1], marks: fatesOf().marks.with(3, 99), arrivals: 6 }),
  ]);
  const name = `${client!.name}.success_rate`;
  expect(goldenDifferences(was, is, MINUTE)).toEqual({
    figures: [{ name, was: expect.any(Number), is: 0.25 }],
    isSameDigest: false,
    clients: [
      {
        client: "web",
        hasOtherArrivals: true,
        first: { ordinal: 2, was: "503 UO", is: "200" },
        goesOtherwise: { from: 3e9, to: 4e9 },
      },
    ],
  });
});

test.each([
  ["web.p99", 182, 240, "web.p99 182 ms → 240 ms"],
  ["web.p99", 182.001, 182.002, "web.p99 182.001 → 182.002 ms"],
  [
    "edge.stats[cluster.a.upstream_rq_pending_overflow]",
    undefined,
    212,
    "edge.stats[cluster.a.upstream_rq_pending_overflow] 0 → 212",
  ],
  ["web.success_rate", 1, 0.97, "web.success_rate 100% → 97.00%"],
  ["web.mean", 3, null, "web.mean 3.00 ms → no data"],
])("%s from %s to %s", (name, was, is, text) => {
  expect(figureText({ name, was, is })).toBe(text);
});

test("units of figures are those of their metrics", () => {
  expect(["web.p999", "a.utilisation", "web.status.200", "web.attempts"].map(unitOfFigure)).toEqual([
    "ms",
    "share",
    "count",
    "count",
  ]);
});
