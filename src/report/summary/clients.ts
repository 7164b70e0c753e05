import type { ClientResult, RunResult } from "../../simulation/result.ts";
import { formatCount, formatMs, formatShare } from "../figures.ts";
import type { Style } from "../style.ts";
import { moreLine, type Section } from "./section.ts";
import { alignRows, clip, clipMiddle } from "./text.ts";

const titles = ["client", "requests", "success", "p50", "p90", "p99", "p99.9", "tries"];

/** What each client saw; `tries` is attempts of the first proxy for a request. */
export function clientSection(result: RunResult, style: Style): Section {
  const { clients } = result;
  return {
    rows: clients.length,
    lines: (rows) => {
      const shown = clients.slice(0, rows);
      const [head = "", ...lines] = alignRows([titles, ...shown.map(clientCells)]);
      const width = Math.max(head.length, ...lines.map((line) => line.length));
      const withFlags = lines.map((line, index) =>
        `  ${line.padEnd(width)}  ${clip(troubleText(shown[index]!), 96 - width)}`.trimEnd(),
      );
      return [
        style.dim(`  ${head.padEnd(width)}  trouble`),
        ...withFlags,
        ...moreLine(clients.length, rows, "clients"),
      ];
    },
  };
}

function clientCells(client: ClientResult): string[] {
  const { latencyMs } = client;
  const quantile = (key: "p50" | "p90" | "p99" | "p999") => formatMs(latencyMs?.[key] ?? null);
  return [
    clipMiddle(client.name, 18),
    formatCount(client.requests),
    formatShare(client.successRate),
    quantile("p50"),
    quantile("p90"),
    quantile("p99"),
    quantile("p999"),
    client.requests === 0 ? "-" : (client.attempts / client.requests).toFixed(2),
  ];
}

/** Statuses that are no success by themselves, then response flags; the commonest first. */
function troubleText({ status, flags }: ClientResult): string {
  const failed = status.filter(([key]) => !/^[23]\d\d$/.test(key));
  const text = [...commonestFirst(failed), ...commonestFirst(flags)].join(", ");
  return text === "" ? "-" : text;
}

function commonestFirst(counts: ClientResult["flags"]): string[] {
  return [...counts]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .map(([key, count]) => `${key}: ${formatCount(count)}`);
}
