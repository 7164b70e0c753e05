import { expect, test } from "vitest";
import { MILLISECOND, SECOND } from "../kernel/time.ts";
import { LoadMeter } from "./load-meter.ts";

function reported(meter: LoadMeter, now: number): Record<string, number> {
  const text = meter.report(3, now).get("endpoint-load-metrics")!;
  expect(text.startsWith("TEXT ")).toBe(true);
  return Object.fromEntries(
    text
      .slice(5)
      .split(",")
      .map((field) => field.split("="))
      .map(([name, value]) => [name, Number(value)]),
  );
}

test("reports what the last whole second was like", () => {
  const meter = new LoadMeter(4, 0);
  // Two of four workers are busy for half of the first second, one for all of the next.
  meter.busyChanged(2, 0);
  meter.busyChanged(0, SECOND / 2);
  for (let i = 0; i < 10; i++) meter.answered(i < 3 ? 503 : 200, 20 * MILLISECOND, SECOND / 2);
  meter.busyChanged(1, SECOND);
  expect(reported(meter, 1.5 * SECOND)).toEqual({
    application_utilization: 0.25,
    rps_fractional: 10,
    eps: 3,
    "named_metrics.requests_in_flight": 3,
    "named_metrics.latency_ms": 20,
  });
  expect(reported(meter, 2 * SECOND)).toMatchObject({ application_utilization: 0.25, rps_fractional: 0 });
});

test("counts a part of the first second as such", () => {
  const meter = new LoadMeter(1, 0);
  meter.busyChanged(1, 0);
  meter.answered(200, MILLISECOND, SECOND / 4);
  expect(reported(meter, SECOND / 2)).toMatchObject({ application_utilization: 1, rps_fractional: 2 });
});

test("a long silence is idle, a long service is busy", () => {
  const meter = new LoadMeter(1, 0);
  expect(reported(meter, 1000 * SECOND)).toMatchObject({ application_utilization: 0 });
  meter.busyChanged(1, 1000 * SECOND);
  expect(reported(meter, 5000.5 * SECOND)).toMatchObject({ application_utilization: 1 });
});
