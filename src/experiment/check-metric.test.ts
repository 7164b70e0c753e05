import { describe, expect, test } from "vitest";
import { checkMetric, checkStatistic, type MetricWorld } from "./check-metric.ts";

const world: MetricWorld = {
  clients: ["web"],
  services: new Map([["checkout", ["10.0.0.1:8080", "10.0.0.2:8080"]]]),
  proxies: new Map([["edge", ["checkout", "a.b"]]]),
};

function check(of: string, ...steps: string[]) {
  return checkMetric({ of, steps }, world);
}

describe("a metric's name", () => {
  test.each([
    ["web", "p99"],
    ["web", "ok_mean"],
    ["web", "status", "503"],
    ["web", "status", "timeout"],
    ["web", "status", "0"],
    ["web", "flags", "UO"],
    ["checkout", "utilisation"],
    ["checkout", "hosts", "10.0.0.2:8080", "requests"],
    ["edge", "stats", "cluster.checkout.upstream_rq_total"],
    ["edge", "stats", "cluster.a.b.upstream_rq_total"],
    ["edge", "stats", "http.ingress.downstream_rq_total"],
  ])("%s %s %s is known", (of, ...steps) => {
    expect(check(of, ...steps)).toBeUndefined();
  });

  test.each([
    [["wep", "p99"], 'unknown client, service or proxy "wep" (did you mean "web"?)'],
    [["web", "p98"], 'unknown metric of a client "p98" (did you mean "p90"?)'],
    [["web", "sucess_rate"], 'unknown metric of a client "sucess_rate" (did you mean "success_rate"?)'],
    [["web", "status"], '"status" needs to say which'],
    [["web", "status", "5xx"], 'unknown status "5xx"'],
    [["web", "flags", "UQ"], 'unknown response flag "UQ"'],
    [["checkout", "utilization"], 'unknown metric of a service "utilization" (did you mean "utilisation"?)'],
    [["checkout", "hosts", "10.0.0.9:8080", "requests"], 'unknown host "10.0.0.9:8080"'],
    [["checkout", "hosts", "10.0.0.1:8080"], '"hosts" needs to say which'],
    [["checkout", "hosts", "10.0.0.1:8080", "rps"], 'unknown metric of a host "rps"'],
    [["edge", "p99"], 'unknown metric of a proxy "p99"'],
    [["edge", "stats"], '"stats" needs to say which'],
    [["edge", "stats", "cluster.chekout.upstream_rq_total"], 'unknown cluster "chekout"'],
  ])("%j is refused", ([of, ...steps], message) => {
    expect(check(of!, ...steps)?.message).toContain(message);
  });

  test("can have a window only on a client", () => {
    expect(checkMetric({ of: "web", steps: ["p99"] }, world, true)).toBeUndefined();
    expect(checkMetric({ of: "edge", steps: ["stats", "x"] }, world, true)?.message).toContain("window");
  });
});

describe("a proxy's statistic", () => {
  const known = {
    names: new Set([
      "cluster.a.b.upstream_rq_total",
      "http.in.downstream_rq_total",
      "http.in.downstream_rq_1xx",
    ]),
    isMadeLater: (name: string) => name.endsWith("_503"),
  };
  const check = (stat: string) => checkStatistic({ of: "edge", steps: ["stats", stat] }, known);

  test.each(["cluster.a.b.upstream_rq_total", "cluster.a.b.upstream_rq_503"])("%s is known", (stat) => {
    expect(check(stat)).toBeUndefined();
  });

  test.each([
    ["cluster.a.b.upstream_rq_totl", 'did you mean "cluster.a.b.upstream_rq_total"?'],
    ["http.in.downstream_rq_xx1", 'did you mean "http.in.downstream_rq_1xx"?'],
    ["http.public.downstream_rq_total", 'unknown family of statistics of "edge" "http.public"'],
    ["nonsense", "unknown family"],
  ])("%s is refused, since it would be 0 in each run", (stat, message) => {
    expect(check(stat)).toMatchObject({ severity: "error", message: expect.stringContaining(message) });
  });

  test("may belong to a feature that is not configured, which is worth a warning", () => {
    expect(check("cluster.a.b.outlier_detection.ejections_total")).toMatchObject({ severity: "warning" });
  });
});
