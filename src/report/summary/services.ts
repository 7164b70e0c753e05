import type { HostResult, RunResult, ServiceResult } from "../../simulation/result.ts";
import { formatCount, formatShare } from "../figures.ts";
import { spread } from "../spread.ts";
import type { Style } from "../style.ts";
import { moreLine, type Section } from "./section.ts";
import { alignRows, clipMiddle } from "./text.ts";

/** More services than this get one line each instead of one for each host. */
const maxDetailed = 2;
const barWidth = 40;

/** Where requests went. */
export function serviceSections({ services }: RunResult, style: Style): Section[] {
  if (services.length > maxDetailed) return [overviewSection(services, style)];
  return services.map((service) => hostSection(service, style));
}

function overviewSection(services: readonly ServiceResult[], style: Style): Section {
  return {
    rows: services.length,
    lines: (rows) => {
      const cells = services
        .slice(0, rows)
        .map((service) => [
          clipMiddle(service.name, 24),
          formatCount(service.requests),
          formatCount(service.hosts.length),
          spread(service)?.toFixed(2) ?? "-",
          formatShare(service.utilisation),
        ]);
      const titles = ["service", "requests", "hosts", "busiest / mean", "utilisation"];
      const [head = "", ...lines] = alignRows([titles, ...cells]);
      return [
        style.dim(`  ${head}`),
        ...lines.map((line) => `  ${line}`),
        ...moreLine(services.length, rows, "services"),
      ];
    },
  };
}

/** Hosts in the order of the cluster; where not all can be shown, the busiest. */
function hostSection(service: ServiceResult, style: Style): Section {
  const { hosts } = service;
  const busiest = [...hosts].sort((a, b) => b.requests - a.requests || (a.address < b.address ? -1 : 1));
  return {
    rows: hosts.length,
    lines: (rows) => [
      style.dim(`  ${hostTitle(service)}`),
      ...hostLines(rows < hosts.length ? busiest.slice(0, rows) : hosts, service),
      ...moreLine(hosts.length, rows, "hosts"),
    ],
  };
}

function hostTitle(service: ServiceResult): string {
  const unequal = spread(service);
  return [
    `requests to ${clipMiddle(service.name, 24)}: ${formatCount(service.requests)}`,
    ...(unequal === null ? [] : [`busiest host ${unequal.toFixed(2)} times the mean`]),
    ...(service.utilisation === null ? [] : [`utilisation ${formatShare(service.utilisation)}`]),
  ].join(", ");
}

function hostLines(shown: readonly HostResult[], service: ServiceResult): string[] {
  const most = Math.max(1, ...service.hosts.map(({ requests }) => requests));
  const cells = alignRows(
    shown.map((host) => [
      clipMiddle(host.address, 26),
      formatCount(host.requests),
      service.requests === 0 ? "-" : formatShare(host.requests / service.requests),
    ]),
  );
  return cells.map((line, index) => {
    const { requests } = shown[index]!;
    const length = Math.trunc((barWidth * requests) / most + 0.5);
    return `  ${line}  ${"█".repeat(length)}${length === 0 && requests > 0 ? "▏" : ""}`.trimEnd();
  });
}
