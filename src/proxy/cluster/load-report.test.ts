import { expect, test } from "vitest";
import { readLoadReport } from "./load-report.ts";

const read = (value: string) => readLoadReport(new Map([["endpoint-load-metrics", value]]));

test("reads a load report as text, with entries of maps", () => {
  expect(
    read("TEXT cpu_utilization=0.3, rps_fractional=120,named_metrics.a.b=0.5,named_metrics.c=1"),
  ).toEqual({
    cpu_utilization: 0.3,
    rps_fractional: 120,
    named_metrics: { "a.b": 0.5, c: 1 },
  });
});

test("reads a load report as JSON", () => {
  expect(read('JSON {"eps": 2, "utilization": {"x": 0.1}}')).toEqual({ eps: 2, utilization: { x: 0.1 } });
});

test.each(["", "TEXT", "TEXT cpu_utilization", "TEXT cpu_utilization=much", "JSON {", "cpu_utilization=0.3"])(
  "there is no report in %j",
  (value) => {
    expect(read(value)).toBeUndefined();
  },
);

test("most answers have none", () => {
  expect(readLoadReport(new Map())).toBeUndefined();
});
