import { describe, expect, test } from "vitest";
import { makeResult } from "../../test/support/result-fixture.ts";
import { formatHostsCsv, formatSeriesCsv } from "./csv.ts";

function rowsOf(csv: string): string[][] {
  return csv
    .trimEnd()
    .split("\n")
    .map((line) => line.split(","));
}

describe("series.csv", () => {
  const result = makeResult();
  const rows = rowsOf(formatSeriesCsv(result));
  const column = (title: string) => rows.slice(1).map((row) => row[rows[0]!.indexOf(title)]);

  test("has one row a bin, beginning with its start in seconds", () => {
    expect(rows).toHaveLength(61);
    expect(column("t_s").slice(0, 3)).toEqual(["0", "1", "2"]);
    const fine = rowsOf(formatSeriesCsv(makeResult({ bins: 600 })));
    expect(fine.slice(1, 5).map(([start]) => start)).toEqual(["0", "0.1", "0.2", "0.3"]);
  });

  test("has every row as long as its head", () => {
    expect(new Set(rows.map((row) => row.length)).size).toBe(1);
  });

  test("has requests as the sum of successes and failures", () => {
    const [requests, successes, overflows, timeouts] = [
      "web.requests",
      "web.successes",
      "web.failed.UO",
      "web.failed.timeout",
    ].map((title) => column(title).map(Number));
    requests!.forEach((count, bin) => {
      expect(successes![bin]! + overflows![bin]! + timeouts![bin]!).toBe(count);
    });
  });

  test("has the figures of proxies and hosts, and nothing where there is no data", () => {
    expect(column("edge.retries").map(Number)).toEqual(result.series.proxies[0]!.retries);
    expect(column("checkout.hosts[10.0.0.2:8080].requests").map(Number)).toEqual(
      result.series.services[0]!.hosts[1]!.requests,
    );
    expect(column("web.p99_ms")[3]).toBe("");
  });

  test("takes no name for a formula", () => {
    const base = makeResult();
    const clients = [{ ...base.series.clients[0]!, name: "=1+1" }];
    const csv = formatSeriesCsv({ ...base, series: { ...base.series, clients } });
    expect(rowsOf(csv)[0]![1]).toBe("'=1+1.requests");
  });
});

describe("hosts.csv", () => {
  test("has one row a host, with shares that add up to one", () => {
    const rows = rowsOf(formatHostsCsv(makeResult({ hosts: 5 })));
    expect(rows[0]).toEqual(["service", "host", "requests", "share", "times_equal_share", "utilisation"]);
    const shares = rows.slice(1).map(([, , , share]) => Number(share));
    expect(shares).toHaveLength(5);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
  });

  test("has empty cells without requests or without a limit of workers", () => {
    const base = makeResult({ hosts: 1 });
    const hosts = [{ address: "10.0.0.1:80", requests: 0, utilisation: null }];
    const services = [{ ...base.services[0]!, requests: 0, hosts }];
    expect(rowsOf(formatHostsCsv({ ...base, services }))[1]).toEqual([
      "checkout",
      "10.0.0.1:80",
      "0",
      "",
      "",
      "",
    ]);
  });
});
