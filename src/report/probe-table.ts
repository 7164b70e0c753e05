import type { ProbeResult } from "../experiment/probe/probe.ts";
import type { Style } from "./style.ts";

interface Row {
  readonly n: number;
  readonly status: number;
  readonly flags: string;
  readonly route: string | null;
  readonly cluster: string | null;
  readonly attempts: readonly string[];
  readonly duration_ms: number | null;
  readonly details: string | null;
}

const TITLES = ["n", "status", "flags", "route", "cluster", "ms", "details", "attempts"];

/** What has become of each request of a case, for a person. `name` is empty where there is one case only. */
export function formatProbe(name: string, result: ProbeResult, style: Style): string {
  const title = name === "" ? "" : `${style.bold(name)}\n`;
  if (result.kind === "failed") return `${title}${style.bad(result.reason)}\n`;
  const text = result.files.find((file) => file.name === "results.jsonl")!.text;
  const rows = text
    .trimEnd()
    .split("\n")
    .map((line) => cells(JSON.parse(line) as Row));
  const lines = aligned([TITLES, ...rows]);
  return `${title}${style.dim(lines[0]!)}\n${lines.slice(1).join("\n")}\n`;
}

function cells({ n, status, flags, route, cluster, attempts, duration_ms, details }: Row): string[] {
  const hosts = attempts.length === 0 ? "-" : attempts.join(" ");
  return [n, status, flags, route ?? "-", cluster ?? "-", duration_ms ?? "-", details ?? "-", hosts].map(
    String,
  );
}

/** All columns to the left; the last is as long as it is. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
}
