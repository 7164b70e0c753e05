import { beforeAll, describe, expect, test } from "vitest";
import { makeReport, notModelled } from "../../test/support/report-fixture.ts";
import { makeResult } from "../../test/support/result-fixture.ts";
import { chartsOf } from "./charts/charts.ts";
import { drawSvg } from "./charts/draw.ts";
import { formatHtml } from "./html.ts";

describe("report.html", () => {
  const notes = Array.from({ length: 30 }, (_, index) =>
    notModelled(`clusters[${index}].upstream_bind_config`),
  );
  const report = makeReport(makeResult(), { notes });
  let page = "";

  beforeAll(async () => {
    const drawn = [];
    for (const chart of chartsOf(report.result)) drawn.push({ chart, svg: await drawSvg(chart) });
    page = formatHtml(report, drawn);
  });

  test("refers to nothing outside itself and has no script", () => {
    const withoutNames = page.replaceAll(/xmlns(:\w+)?="[^"]*"/g, "");
    expect(withoutNames).not.toMatch(
      /https?:|\/\/|@import|url\((?!#)|<script|<link|<img|\son\w+=|javascript:/,
    );
    expect(page).toContain("default-src &#39;none&#39;");
  });

  test("has the verdict, the repeating command, the digest and all expectations", () => {
    expect(page).toContain("1 of 3 expectations failed");
    expect(page).toContain("meshsim run scenarios/slow-hosts.yaml --seed 7");
    expect(page).toContain(report.result.digest);
    expect(page).toContain("web.p99 &lt; 250ms from 40s to 60s");
    expect(page).toContain("off by 62.7 ms");
  });

  test("has every chart with a table under it", () => {
    expect(page.match(/<figure>\n<svg/g)).toHaveLength(4);
    expect(page.match(/as a table<\/summary>\n<div class="scroll"><table>/g)).toHaveLength(4);
  });

  test("lists everything that is not modelled by its path", () => {
    for (const { path } of notes) expect(page).toContain(`<code>${path}</code>`);
  });

  test("escapes names that come from the user's files", () => {
    const base = makeResult();
    const scenario = `<script>alert("x")</script>`;
    const text = formatHtml(makeReport({ ...base, scenario }), []);
    expect(text).not.toContain("<script");
    expect(text).toContain("&lt;script&gt;alert(&quot;x&quot;)");
  });

  test("closes what it opens", () => {
    const open: string[] = [];
    const tags = page
      .replaceAll(/<!DOCTYPE[^>]*>|<(meta|br)\b[^>]*>|<[\w:]+\b[^>]*\/>/g, "")
      .matchAll(/<(\/?)([\w:]+)[^>]*>/g);
    for (const [, slash, name] of tags) {
      if (slash === "") open.push(name!);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  });
});
