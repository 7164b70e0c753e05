import { describe, expect, test } from "vitest";
import type { NameKind } from "./metric-name.ts";
import { parseExpectation } from "./parse-expectation.ts";

const names = new Map<string, NameKind>([
  ["web", "client"],
  ["web.eu", "client"],
  ["checkout", "service"],
  ["edge", "proxy"],
]);

describe("an expectation", () => {
  test.each([
    ["web.p99 < 250ms", { of: "web", steps: ["p99"] }, "<", 250],
    ["web.ok_mean<=0.25ms", { of: "web", steps: ["ok_mean"] }, "<=", 0.25],
    ["  web.max >= 1.5s ", { of: "web", steps: ["max"] }, ">=", 1500],
    ["web.success_rate >= 99.9%", { of: "web", steps: ["success_rate"] }, ">=", 0.999],
    ["web.success_rate > 0.5", { of: "web", steps: ["success_rate"] }, ">", 0.5],
    ["web.requests == 100", { of: "web", steps: ["requests"] }, "==", 100],
    ["web.rps > 400/s", { of: "web", steps: ["rps"] }, ">", 400],
    ["web.rps > 90/m", { of: "web", steps: ["rps"] }, ">", 1.5],
    ["web.rps > 399.5", { of: "web", steps: ["rps"] }, ">", 399.5],
    ["web.attempts != 3", { of: "web", steps: ["attempts"] }, "!=", 3],
    ["web.flags.UO == 0", { of: "web", steps: ["flags", "UO"] }, "==", 0],
    ["web.status.503 < 5", { of: "web", steps: ["status", "503"] }, "<", 5],
    ["web.status.timeout == 0", { of: "web", steps: ["status", "timeout"] }, "==", 0],
    ["web.eu.p50 < 1s", { of: "web.eu", steps: ["p50"] }, "<", 1000],
    ["checkout.utilisation < 80%", { of: "checkout", steps: ["utilisation"] }, "<", 0.8],
    ["checkout.queue_mean < 2.5", { of: "checkout", steps: ["queue_mean"] }, "<", 2.5],
    [
      "checkout.hosts[10.0.0.1:8080].requests > 9",
      { of: "checkout", steps: ["hosts", "10.0.0.1:8080", "requests"] },
      ">",
      9,
    ],
    [
      "checkout.hosts[[::1]:80].utilisation > 9%",
      { of: "checkout", steps: ["hosts", "[::1]:80", "utilisation"] },
      ">",
      0.09,
    ],
    ["edge.stats[cluster.x.y] == 0", { of: "edge", steps: ["stats", "cluster.x.y"] }, "==", 0],
  ])("%s", (text, metric, op, limit) => {
    expect(parseExpectation(text, names)).toEqual({ ok: true, value: { text, metric, op, limit } });
  });

  test("may have a window", () => {
    expect(parseExpectation("web.p99 < 250ms from 40s to 1m", names)).toMatchObject({
      value: { limit: 250, window: { from: 40e9, to: 60e9 } },
    });
  });

  test.each([
    ["web", "bad-expectation", "web", "it needs one of <= >= == != < >"],
    ["web < 3", "unknown-metric", "web", '"web" needs a metric after its name, such as web.requests'],
    ["web.p99 = 3ms", "bad-expectation", "web.p99 = 3ms", '"=" is no comparison'],
    ["web.p99 =< 3ms", "bad-expectation", "=<", '"=<" is no comparison'],
    ["wep.p99 < 3ms", "dangling-name", "wep", 'no client, service or proxy "wep" (did you mean "web"?)'],
    [
      "web.p98 < 3ms",
      "unknown-metric",
      "p98",
      'a client such as "web" has no metric "p98" (did you mean "p90"?)',
    ],
    ["web.sucess_rate < 3%", "unknown-metric", "sucess_rate", '(did you mean "success_rate"?)'],
    ["web.flags < 3", "unknown-metric", "flags", "needs one of Envoy's response flags"],
    ["web.status.5xx < 3", "unknown-metric", "status.5xx", "needs a status from 100 to 599, timeout, lost"],
    ["web.p99[x < 3", "unknown-metric", "p99[x", '"p99[x" is not the name of a metric'],
    ["checkout.p99 < 3", "unknown-metric", "p99", 'a service such as "checkout" has no metric "p99"'],
    ["checkout.hosts[a].rps < 3", "unknown-metric", "hosts[a].rps", 'has no metric "rps"'],
    ["checkout.hosts < 3", "unknown-metric", "hosts", "needs an address and one of requests, utilisation"],
    ["edge.p99 < 3", "unknown-metric", "p99", 'a proxy such as "edge" has no metric "p99"'],
    [
      "edge.stats.cluster.x < 3",
      "unknown-metric",
      "stats.cluster.x",
      "needs the name of a statistic in brackets",
    ],
    ["web.p99 < 250", "wrong-unit", "250", '"250" has no unit'],
    ["web.p99 < 250 ms", "wrong-unit", "250 ms", 'there is a space before "ms"'],
    ["web.p99 < 5%", "wrong-unit", "5%", '"%" is not a unit of a duration'],
    ["web.success_rate > 99", "wrong-unit", "99", "99 is not a share"],
    ["web.success_rate > 101%", "out-of-range", "101%", "is more than 100%"],
    ["web.requests > 3ms", "wrong-unit", "3ms", "has a unit; this metric is a plain number"],
    ["web.requests > -3", "out-of-range", "-3", "is negative"],
    ["web.requests > many", "bad-expectation", "many", '"many" is not a number'],
    ["web.p99 < 3ms form 1s to 2s", "bad-expectation", "form 1s to 2s", '(did you mean "from"?)'],
    ["web.p99 < 3ms from 1 to 2s", "wrong-unit", "from 1 to 2s", '"1" has no unit'],
    ["web.p99 < 3ms from 2s to 2s", "out-of-range", "from 2s to 2s", "it ends before it begins"],
    [
      "edge.stats[a] < 3 from 1s to 2s",
      "bad-expectation",
      "from 1s to 2s",
      "only metrics of clients can have a window",
    ],
  ])("%s is refused", (text, code, offending, message) => {
    const read = parseExpectation(text, names);
    expect(read).toMatchObject({ ok: false, code, message: expect.stringContaining(message) });
    if (read.ok) return;
    expect(text.slice(read.start ?? 0, read.end ?? text.length)).toBe(offending);
  });
});
