import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MILLISECOND, SECOND } from "../kernel/time.ts";
import { type AccessLogLine, formatAccessLog } from "./access-log.ts";

const record: AccessLogLine = {
  start: 20 * SECOND + 123_999_999,
  method: "GET",
  path: "/cart?id=1",
  protocol: "HTTP/1.1",
  status: 503,
  flags: ["UO", "URX"],
  bytesReceived: 0,
  bytesSent: 81,
  duration: 12_999_999,
  authority: "shop.example",
};

describe("a line of the access log", () => {
  test("has the fields of Envoy's default format", () => {
    expect(formatAccessLog(record)).toBe(
      '[1970-01-01T00:00:20.123Z] "GET /cart?id=1 HTTP/1.1" 503 UO,URX 0 81 12 - "-" "-" "-" "shop.example" "-"',
    );
    expect(
      formatAccessLog({ ...record, flags: [], upstreamServiceTimeMs: 11, upstreamHost: "10.0.0.1:8080" }),
    ).toBe(
      '[1970-01-01T00:00:20.123Z] "GET /cart?id=1 HTTP/1.1" 503 - 0 81 12 11 "-" "-" "-" "shop.example" "10.0.0.1:8080"',
    );
  });

  test("has the calendar's time", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 104 * 86_400_000 }), (ms) => {
        const line = formatAccessLog({ ...record, start: ms * MILLISECOND });
        expect(line.slice(1, 25)).toBe(new Date(ms).toISOString());
      }),
      { seed: 1 },
    );
  });
});
