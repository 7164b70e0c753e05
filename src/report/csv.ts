import { stringify } from "csv-stringify/sync";
import { SECOND } from "../kernel/time.ts";
import type { ClientSeries, ProxySeries, RunResult, ServiceSeries } from "../simulation/result.ts";
import { round } from "./figures.ts";

type Cell = string | number | null;

interface Column {
  readonly title: string;
  /** One entry a row. */
  readonly cells: readonly Cell[];
}

/**
 * `series.csv`: one row a bin of virtual time (`t_s` is its start), columns named like metrics, such as
 * `web.requests`, `web.failed.UO`, `web.p99_ms`, `edge.retries`, `checkout.hosts[10.0.0.1:8080].requests`.
 * Counts are those of the bin; a quantile of nothing is empty.
 */
export function formatSeriesCsv(result: RunResult): string {
  const { series } = result;
  const starts = Array.from({ length: series.bins }, (_, index) => (index * series.bin) / SECOND);
  return formatColumns([
    { title: "t_s", cells: starts },
    ...series.clients.flatMap(clientColumns),
    ...series.proxies.flatMap(proxyColumns),
    ...series.services.flatMap(serviceColumns),
  ]);
}

function clientColumns(client: ClientSeries): Column[] {
  const column = (title: string, cells: readonly Cell[]) => ({ title: `${client.name}.${title}`, cells });
  const quantile = (title: string, values: readonly (number | null)[]) =>
    column(
      title,
      values.map((value) => (value === null ? null : round(value))),
    );
  return [
    column("requests", client.requests),
    column("successes", client.successes),
    ...client.failures.map(([cause, counts]) => column(`failed.${cause}`, counts)),
    quantile("p50_ms", client.p50),
    quantile("p90_ms", client.p90),
    quantile("p99_ms", client.p99),
  ];
}

function proxyColumns(proxy: ProxySeries): Column[] {
  return (["attempts", "retries", "overflows", "ejected"] as const).map((key) => ({
    title: `${proxy.name}.${key}`,
    cells: proxy[key],
  }));
}

function serviceColumns(service: ServiceSeries): Column[] {
  return service.hosts.map(({ address, requests }) => ({
    title: `${service.name}.hosts[${address}].requests`,
    cells: requests,
  }));
}

/**
 * `hosts.csv`: one row a host of every service, with its share of the service's requests and how that
 * compares with an equal share (1 is equal). Utilisation is empty where workers are unlimited.
 */
export function formatHostsCsv(result: RunResult): string {
  const rows = result.services.flatMap((service) =>
    service.hosts.map((host): Cell[] => {
      const share = service.requests === 0 ? null : host.requests / service.requests;
      return [
        service.name,
        host.address,
        host.requests,
        share === null ? null : round(share),
        share === null ? null : round(share * service.hosts.length),
        host.utilisation === null ? null : round(host.utilisation),
      ];
    }),
  );
  return toCsv([["service", "host", "requests", "share", "times_equal_share", "utilisation"], ...rows]);
}

function formatColumns(columns: readonly Column[]): string {
  const rows = columns[0]!.cells.map((_, row) => columns.map(({ cells }) => cells[row] ?? null));
  return toCsv([columns.map(({ title }) => title), ...rows]);
}

/** Names come from the user's files, so a spreadsheet must not take them for formulas. */
export function toCsv(rows: readonly (readonly Cell[])[]): string {
  return stringify(rows as Cell[][], { escape_formulas: true, record_delimiter: "\n" });
}
