import { describe, expect, test } from "vitest";
import { makeReport } from "../../test/support/report-fixture.ts";
import { makeResult } from "../../test/support/result-fixture.ts";
import { SECOND } from "../kernel/time.ts";
import { formatJson } from "./json.ts";

/** The keys of an object in the order in which a text has them; `JSON.parse` would reorder numbers. */
function keysIn(text: string, after: string): string[] {
  const body = text.slice(text.indexOf(`"${after}": {`));
  const inside = body.slice(body.indexOf("{") + 1, body.indexOf("}"));
  return [...inside.matchAll(/"([^"]+)":/g)].map(([, key]) => key!);
}

describe("the JSON document of a run", () => {
  const text = formatJson(makeReport());
  const document = JSON.parse(text);

  test("has the keys of the contract in their order", () => {
    expect(Object.keys(document)).toEqual([
      "schema",
      "meshsim",
      "scenario",
      "seed",
      "variant",
      "digest",
      "duration_s",
      "events",
      "clients",
      "services",
      "proxies",
      "expect",
    ]);
    expect(Object.keys(document.clients.web)).toEqual([
      "requests",
      "rps",
      "success_rate",
      "latency_ms",
      "latency_ok_ms",
      "status",
      "flags",
      "attempts",
    ]);
    expect(Object.keys(document.clients.web.latency_ms)).toEqual([
      "mean",
      "p50",
      "p90",
      "p95",
      "p99",
      "p999",
      "max",
    ]);
    expect(Object.keys(document.services.checkout)).toEqual([
      "requests",
      "utilisation",
      "queue_mean",
      "hosts",
    ]);
    expect(document).toMatchObject({ schema: 1, meshsim: "1.2.3", seed: "7", variant: null, duration_s: 60 });
  });

  test("rounds to six significant digits, except counts", () => {
    const { web } = document.clients;
    expect(web.rps).toBe(400.236);
    expect(web.latency_ms.mean).toBe(21.1235);
    expect(web.success_rate).toBe(0.987189);
    const many = { ...makeResult(), events: 123_456_789_012 };
    expect(JSON.parse(formatJson(makeReport(many))).events).toBe(123_456_789_012);
  });

  test("has statuses ascending, numbers before texts", () => {
    expect(keysIn(text, "status")).toEqual(["200", "503", "504", "lost", "timeout"]);
  });

  test("keeps the scenario's order of things with names like numbers", () => {
    const base = makeResult();
    const clients = ["b", "10", "2"].map((name) => ({ ...base.clients[0]!, name }));
    const printed = formatJson(makeReport({ ...base, clients }, { verdicts: [] }));
    const positions = ["b", "10", "2"].map((name) => printed.indexOf(`"${name}": {`));
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(positions).not.toContain(-1);
  });

  test("has text, pass and actual of each expectation", () => {
    expect(document.expect).toEqual([
      { text: "web.success_rate >= 98%", pass: true, actual: 0.987189 },
      { text: "web.p99 < 250ms from 40s to 60s", pass: false, actual: 312.7 },
      { text: "edge.stats[x] == 0", pass: true, actual: 0 },
    ]);
  });

  test("has null where there is no data, under the same keys", () => {
    const base = makeResult();
    const empty = { ...base.clients[0]!, requests: 0, successRate: null, latencyMs: null, latencyOkMs: null };
    const { web } = JSON.parse(
      formatJson(makeReport({ ...base, clients: [empty] }, { verdicts: [] })),
    ).clients;
    expect(web.success_rate).toBeNull();
    expect(web.latency_ms).toEqual({
      mean: null,
      p50: null,
      p90: null,
      p95: null,
      p99: null,
      p999: null,
      max: null,
    });
  });

  test("repeats the windows as they were given", () => {
    const window = { fromText: "40000ms", toText: "1m", window: { from: 40 * SECOND, to: 60 * SECOND } };
    const { windows } = JSON.parse(formatJson(makeReport(makeResult(), { windows: [window] })));
    expect(windows).toMatchObject([{ from: "40000ms", to: "1m", clients: { web: { requests: 22_013 } } }]);
  });
});
