import { describe, expect, test } from "vitest";
import { makeResult } from "../../../test/support/result-fixture.ts";
import type { RunResult } from "../../simulation/result.ts";
import { chartsOfArms } from "./arms.ts";
import { chartsOf } from "./charts.ts";
import { drawSvg } from "./draw.ts";

const names = ["latency-quantiles", "outcomes", "requests-by-host", "retries-and-ejections"];

/** `drawSvg` throws on any warning of the libraries. */
async function drawAll(result: RunResult): Promise<string[]> {
  const drawn = [];
  for (const chart of chartsOf(result)) drawn.push(await drawSvg(chart));
  return drawn;
}

describe("the charts of a run", () => {
  test("are latency, outcomes, hosts, and retries with ejections", () => {
    expect(chartsOf(makeResult()).map(({ name }) => name)).toEqual(names);
  });

  test("are left out when there is nothing that they could be about", () => {
    const result = makeResult();
    const direct = { ...result, series: { ...result.series, proxies: [] } };
    expect(chartsOf(direct).map(({ name }) => name)).toEqual(names.slice(0, 3));
  });

  test.each([
    ["a small run", makeResult()],
    [
      "many of everything",
      makeResult({ clients: 9, services: 6, hosts: 60, proxies: 12, faults: 15, bins: 600 }),
    ],
    ["one bin and no fault", makeResult({ bins: 1, faults: 0 })],
    ["a run without requests", emptyOf(makeResult())],
  ])("draw %s without a warning", async (_, result) => {
    for (const svg of await drawAll(result)) {
      expect(svg).toMatch(/^<svg role="img" aria-labelledby=/);
      expect(svg).toMatch(/<title id="[\w-]+">[^<]+<\/title><desc id="[\w-]+">[^<]+<\/desc>/);
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      expect(svg.length).toBeLessThan(1_000_000);
    }
  });

  test("name units and faults", async () => {
    const [latency = "", outcomes = "", hosts = "", retries = ""] = await drawAll(makeResult());
    for (const svg of [latency, outcomes, hosts, retries]) {
      expect(svg).toContain("virtual time (s)");
      expect(svg).toContain(">slow<");
    }
    expect(latency).toContain("latency (ms, log)");
    expect(outcomes).toContain("UO: a circuit breaker was full");
    expect(hosts).toContain("10.0.0.4:8080");
    expect(retries).toContain("retries / s");
  });

  test("name changes beside the faults", async () => {
    const change = { name: "leave", text: "proxy edge: /healthcheck/fail", from: 30e9, to: 30e9 };
    const [latency = ""] = await drawAll({ ...makeResult(), changes: [change] });
    expect(latency).toContain(">faults and changes<");
    expect(latency).toContain(">leave<");
  });

  test("are the same every time", async () => {
    expect(await drawAll(makeResult())).toEqual(await drawAll(makeResult()));
  });

  test("have a table with a cell for every title", () => {
    for (const { table } of chartsOf(makeResult({ clients: 2, proxies: 2 }))) {
      expect(table.rows.length).toBeGreaterThan(0);
      for (const row of table.rows) expect(row).toHaveLength(table.titles.length);
    }
  });
});

describe("the charts of several runs", () => {
  const arms = (settings = {}) => ["first", "second"].map((name) => ({ name, result: makeResult(settings) }));

  test("show each run to one scale, with what the figures are", async () => {
    const charts = chartsOfArms(arms());
    expect(charts.map(({ name }) => name)).toEqual(["latency-by-arm", "requests-by-arm", "shares-by-arm"]);
    for (const chart of charts) {
      const svg = await drawSvg(chart);
      expect(svg).toContain(">first<");
      expect(svg).toContain(">second<");
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      for (const row of chart.table.rows) expect(row).toHaveLength(chart.table.titles.length);
      expect(new Set(chart.table.rows.map(([run]) => run))).toEqual(new Set(["first", "second"]));
    }
  });

  test.each([
    ["many hosts", arms({ clients: 9, services: 6, hosts: 60, faults: 15 })],
    ["nobody who asks", arms().map(({ name, result }) => ({ name, result: emptyOf(result) }))],
  ])("draw %s without a warning", async (_, given) => {
    for (const chart of chartsOfArms(given)) expect(await drawSvg(chart)).toMatch(/^<svg /);
  });

  test("are none of no runs", () => {
    expect(chartsOfArms([])).toEqual([]);
  });
});

/** The same world in which nobody asked for anything. */
function emptyOf(result: RunResult): RunResult {
  const { series } = result;
  const zeros = Array.from({ length: series.bins }, () => 0);
  const nothing = zeros.map(() => null);
  return {
    ...result,
    faults: [],
    ejections: [],
    series: {
      ...series,
      clients: series.clients.map(({ name }) => {
        const quantiles = { p50: nothing, p90: nothing, p99: nothing };
        return { name, requests: zeros, successes: zeros, failures: [], ...quantiles };
      }),
      services: series.services.map(({ name, hosts }) => ({
        name,
        hosts: hosts.map(({ address }) => ({ address, requests: zeros })),
      })),
      proxies: series.proxies.map(({ name }) => {
        return { name, attempts: zeros, retries: zeros, overflows: zeros, ejected: zeros };
      }),
    },
  };
}
