import { Chalk } from "chalk";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeReport, notModelled } from "../../../test/support/report-fixture.ts";
import { expectation, makeResult } from "../../../test/support/result-fixture.ts";
import { judge } from "../../experiment/judge.ts";
import type { RunReport } from "../run-report.ts";
import { plainStyle, type Style } from "../style.ts";
import { formatSummary } from "./summary.ts";

const files = [
  "summary.json",
  "series.csv",
  "hosts.csv",
  "outcomes.svg",
  "latency-quantiles.svg",
  "report.html",
];
const written = { directory: "reports/runs/slow-hosts", files };

function linesOf(report: RunReport): string[] {
  return formatSummary(report, written, plainStyle).trimEnd().split("\n");
}

describe("the summary", () => {
  const lines = linesOf(makeReport());
  const text = lines.join("\n");

  test("begins with the verdict", () => {
    expect(lines[0]).toBe("✘ FAIL 1 of 3  slow-hosts");
    const passing = makeReport();
    const verdicts = passing.verdicts.filter(({ pass }) => pass);
    expect(linesOf({ ...passing, verdicts })[0]).toBe("✔ PASS 2 of 2  slow-hosts");
    expect(linesOf({ ...passing, verdicts: [] })[0]).toBe("nothing expected  slow-hosts");
  });

  test("shows each expectation with its actual value, and why it failed", () => {
    expect(text).toMatch(/✔ web\.success_rate >= 98% +98\.72%/);
    expect(text).toMatch(/✘ web\.p99 < 250ms from 40s to 60s +313 ms\n +off by 62\.7 ms/);
  });

  test("shows clients, proxies, hosts, the time line, files and the command that repeats the run", () => {
    expect(text).toMatch(/web +22,013 +98\.72% +8\.90 ms +41\.3 ms +313 ms +911 ms +1\.04 +503: 260/);
    expect(text).toMatch(/edge +22,904 +891 +31 +245 +2 +5 +12/);
    expect(text).toMatch(/10\.0\.0\.2:8080 +[\d,]+ +25\.0\d% +█/);
    expect(text).toMatch(/p99 +[▁▂▃▄▅▆▇█ ]+up to/);
    expect(text).toMatch(/faults +\[- slow -+\]/);
    expect(text).toContain("reports/runs/slow-hosts/report.html");
    expect(lines.at(-1)).toBe("repeat  meshsim run scenarios/slow-hosts.yaml --seed 7");
  });

  test("shows changes below the faults, each as a stroke", () => {
    const change = { name: "leave", text: "proxy edge: /healthcheck/fail", from: 30e9, to: 30e9 };
    const shown = linesOf(makeReport({ ...makeResult(), changes: [change] })).join("\n");
    expect(shown).toMatch(/faults +\[- slow -+\]\n +change {33}\| leave/);
  });

  test("counts what is not modelled and names the first", () => {
    const notes = ["admin", "layered_runtime", "tracing"].map(notModelled);
    expect(linesOf(makeReport(makeResult(), { notes }))).toContain(
      "! 3 times not-modelled: admin, layered_runtime, tracing",
    );
  });

  test("has the same text in colour", () => {
    const chalk = new Chalk({ level: 1 });
    const colours: Style = {
      bold: (part) => chalk.bold(part),
      dim: (part) => chalk.dim(part),
      good: (part) => chalk.green(part),
      bad: (part) => chalk.red(part),
      warn: (part) => chalk.yellow(part),
    };
    const coloured = formatSummary(makeReport(), written, colours);
    expect(coloured).not.toBe(`${text}\n`);
    const escape = String.fromCharCode(27);
    expect(coloured.replaceAll(new RegExp(`${escape}\\[\\d+m`, "g"), "")).toBe(`${text}\n`);
  });

  test("fits 40 lines of 100 columns, whatever there is to show", () => {
    const shape = fc.record({
      clients: fc.integer({ min: 1, max: 30 }),
      services: fc.integer({ min: 1, max: 12 }),
      hosts: fc.integer({ min: 1, max: 300 }),
      proxies: fc.integer({ min: 1, max: 30 }),
      faults: fc.integer({ min: 0, max: 20 }),
      bins: fc.constantFrom(1, 60, 600),
    });
    const amount = fc.integer({ min: 0, max: 60 });
    fc.assert(
      fc.property(
        shape,
        amount,
        amount,
        fc.integer({ min: 1, max: 6 }),
        (size, expected, noted, settings) => {
          const lines = linesOf(hugeReport(size, expected, noted, settings));
          expect(lines.length).toBeLessThanOrEqual(40);
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
        },
      ),
      { seed: 1, numRuns: 60 },
    );
  });
});

function hugeReport(
  size: Parameters<typeof makeResult>[0],
  expected: number,
  noted: number,
  settings: number,
): RunReport {
  const result = makeResult(size);
  const expectations = Array.from({ length: expected }, (_, index) =>
    index % 2 === 0
      ? expectation(`web.p99 < ${index}ms ${"x".repeat(index)}`, "<", index, "web", "p99")
      : expectation("web.requests > 0", ">", 0, "web", "requests"),
  );
  const notes = Array.from({ length: noted }, (_, index) => ({
    ...notModelled(`clusters[${"c".repeat(index)}].field`),
    code: `code-${index % 7}`,
  }));
  const set = "clusters[checkout].circuit_breakers.thresholds[0].max_retries=1000000";
  const repeat = [
    "meshsim",
    "run",
    "x.yaml",
    ...Array.from({ length: settings }, () => ["--set", set]).flat(),
  ];
  return makeReport(result, { verdicts: judge(result, expectations), notes, repeat });
}
