import type { ClientResult, RunResult } from "../../simulation/result.ts";
import { formatCount, formatMs, formatNumber, formatShare, formatTime } from "../figures.ts";
import { causeMeaning } from "../flag-meanings.ts";
import { proxyFigures } from "../proxy-figures.ts";
import { spread } from "../spread.ts";
import { html, type Markup, table } from "./markup.ts";

/** What clients saw, and why requests failed. */
export function clientSection({ clients }: RunResult): Markup {
  if (clients.length === 0) return html``;
  const titles = [
    "client",
    "requests",
    "per second",
    "success",
    "mean",
    "p50",
    "p90",
    "p95",
    "p99",
    "p99.9",
    "max",
  ];
  const flags = clients.flatMap((client) =>
    client.flags.map(([flag, count]) => [client.name, flag, causeMeaning(flag), formatCount(count)]),
  );
  return html`<section>
<h2>Clients</h2>
${table([...titles, "attempts per request"], clients.map(clientRow))}
${table(["client", "status", "requests"], clients.flatMap(statusRows))}
${flags.length === 0 ? null : table(["client", "flag", "meaning", "requests"], flags)}
</section>
`;
}

function clientRow(client: ClientResult): string[] {
  const { latencyMs: latency } = client;
  return [
    client.name,
    formatCount(client.requests),
    formatNumber(client.rps),
    formatShare(client.successRate),
    ...(["mean", "p50", "p90", "p95", "p99", "p999", "max"] as const).map((key) =>
      formatMs(latency?.[key] ?? null),
    ),
    client.requests === 0 ? "-" : (client.attempts / client.requests).toFixed(3),
  ];
}

function statusRows(client: ClientResult): string[][] {
  return client.status.map(([status, count]) => [client.name, status, formatCount(count)]);
}

/** The timed changes of the world. */
export function faultSection({ faults }: RunResult): Markup {
  if (faults.length === 0) return html``;
  const rows = faults.map(({ name, text, from, to }) => [name, text, formatTime(from), formatTime(to)]);
  return html`<section>
<h2>Faults</h2>
${table(["name", "what", "from", "to"], rows)}
</section>
`;
}

/** What proxies did, with all their statistics folded away. */
export function proxySection({ proxies }: RunResult): Markup {
  if (proxies.length === 0) return html``;
  const titles = [
    "proxy",
    "attempts",
    "retries",
    "retries refused",
    "requests refused",
    "ejections",
    "ejections refused",
  ];
  const rows = proxies.map((proxy) => {
    const figures = proxyFigures(proxy);
    const { attempts, retries, retryOverflows, overflows, ejections, ejectionOverflows, panics } = figures;
    const counts = [attempts, retries, retryOverflows, overflows, ejections, ejectionOverflows, panics];
    return [proxy.name, ...counts.map(formatCount)];
  });
  const all = proxies.flatMap(({ name, stats }) =>
    stats.map(([stat, value]) => [name, stat, formatCount(value)]),
  );
  return html`<section>
<h2>Proxies</h2>
<p class="faint">Circuit breakers refuse requests and retries; <code>max_ejection_percent</code> refuses ejections.</p>
${table([...titles, "choices in panic"], rows)}
<details><summary>All statistics that are not zero, by Envoy's names</summary>
${table(["proxy", "statistic", "value"], all)}
</details>
</section>
`;
}

/** Where requests went; hosts are in the table under their chart. */
export function serviceSection({ services }: RunResult): Markup {
  if (services.length === 0) return html``;
  const rows = services.map((service) => [
    service.name,
    formatCount(service.requests),
    formatCount(service.hosts.length),
    spread(service)?.toFixed(2) ?? "-",
    formatShare(service.utilisation),
    formatNumber(service.queueMean),
  ]);
  return html`<section>
<h2>Services</h2>
${table(["service", "requests", "hosts", "busiest host / mean", "utilisation", "mean number waiting"], rows)}
</section>
`;
}

/** More than this would make the page slow to open; they are in no file of their own, so the count is told. */
const maxEjections = 500;

/** What outlier detection did, event by event. */
export function ejectionSection({ ejections }: RunResult): Markup {
  if (ejections.length === 0) return html``;
  const rows = ejections
    .slice(0, maxEjections)
    .map(({ at, proxy, replica, cluster, host, action, type, numEjections, enforced }) => [
      formatTime(at),
      `${proxy} ${replica}`,
      cluster,
      host,
      `${action}${enforced || action === "UNEJECT" ? "" : " (not enforced)"}`,
      type,
      numEjections,
    ]);
  const count =
    ejections.length > rows.length ? `the first ${rows.length} of ${ejections.length}` : rows.length;
  return html`<section>
<h2>Outlier detection</h2>
<details><summary>Events: ${count}</summary>
${table(["time", "proxy, replica", "cluster", "host", "action", "detector", "times ejected"], rows)}
</details>
</section>
`;
}
