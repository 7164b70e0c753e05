import { describe, expect, test } from "vitest";
import { expectation, makeResult } from "../../test/support/result-fixture.ts";
import type { Expectation } from "../scenario/expectation.ts";
import type { RunResult } from "../simulation/result.ts";
import { judge } from "./judge.ts";

const result = makeResult();

function verdictOf(given: Expectation, of: RunResult = result) {
  return judge(of, [given])[0]!;
}

function measured(of: string, ...steps: string[]) {
  const { actual, unit } = verdictOf(expectation("any", "<", 0, of, ...steps));
  return [actual, unit];
}

describe("the value of a metric", () => {
  const [client, service] = [result.clients[0]!, result.services[0]!];
  test.each([
    [["web", "requests"], 22_013, "count"],
    [["web", "rps"], client.rps, "per-second"],
    [["web", "success_rate"], client.successRate, "share"],
    [["web", "attempts"], 22_904, "count"],
    [["web", "p50"], 8.9, "ms"],
    [["web", "p999"], 911.02, "ms"],
    [["web", "mean"], 21.123456789, "ms"],
    [["web", "max"], 5000, "ms"],
    [["web", "ok_p99"], 290, "ms"],
    [["web", "ok_max"], 980.25, "ms"],
    [["web", "status", "503"], 260, "count"],
    [["web", "status", "timeout"], 8, "count"],
    [["web", "flags", "UO"], 245, "count"],
    [["checkout", "requests"], service.requests, "count"],
    [["checkout", "utilisation"], 0.512345678, "share"],
    [["checkout", "queue_mean"], 1.25, "number"],
    [["checkout", "hosts", "10.0.0.2:8080", "requests"], service.hosts[1]!.requests, "count"],
    [["edge", "stats", "cluster.checkout.upstream_rq_retry"], 891, "count"],
  ])("%j", ([of, ...steps], value, unit) => {
    expect(measured(of!, ...steps)).toEqual([value, unit]);
  });

  test("is 0 for a status, a flag or a statistic that never occurred", () => {
    expect(measured("web", "status", "429")).toEqual([0, "count"]);
    expect(measured("web", "flags", "NR")).toEqual([0, "count"]);
    expect(measured("edge", "stats", "cluster.checkout.upstream_rq_429")).toEqual([0, "count"]);
  });

  test("comes from the window where there is one", () => {
    const inWindow = { ...result.clients[0]!, requests: 7 };
    const windows = [{ ...result.windows[0]!, clients: [inWindow] }];
    const given = expectation("web.requests == 7 from 40s to 60s", "==", 7, "web", "requests");
    expect(verdictOf(given, { ...result, windows })).toMatchObject({ pass: true, actual: 7 });
  });

  test("of something unknown is a defect, for names are checked before the run", () => {
    expect(() => measured("web", "p98")).toThrow("web.p98");
    expect(() => measured("nobody", "p99")).toThrow("nobody.p99");
    expect(() => verdictOf(expectation("web.p99 < 1ms from 1s to 2s", "<", 1, "web", "p99"))).toThrow("web");
  });
});

describe("an expectation", () => {
  test.each([
    ["<", 260, false],
    ["<=", 260, true],
    [">", 259, true],
    [">=", 261, false],
    ["==", 260, true],
    ["!=", 260, false],
  ] as const)("on a count of 260 with %s %d: %s", (op, limit, pass) => {
    expect(verdictOf(expectation("any", op, limit, "web", "status", "503")).pass).toBe(pass);
  });

  test("on nothing fails and says why", () => {
    const nothing = { ...result.clients[0]!, requests: 0, successRate: null, latencyMs: null };
    const empty = { ...result, clients: [nothing] };
    for (const step of ["p99", "success_rate"]) {
      const verdict = verdictOf(expectation("any", ">=", 0, "web", step), empty);
      expect(verdict).toMatchObject({ pass: false, actual: null, reason: "no requests" });
    }
    const unlimited = { ...result, services: [{ ...result.services[0]!, utilisation: null }] };
    const verdict = verdictOf(expectation("any", ">=", 0, "checkout", "utilisation"), unlimited);
    expect(verdict).toMatchObject({ pass: false, reason: "workers are unlimited" });
  });
});
