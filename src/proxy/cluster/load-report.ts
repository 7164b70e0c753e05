/** An ORCA load report of a host, as far as balancers look at it (xds.data.orca.v3.OrcaLoadReport). */
export interface LoadReport {
  readonly cpu_utilization?: number;
  readonly mem_utilization?: number;
  readonly application_utilization?: number;
  /** Requests a second. */
  readonly rps_fractional?: number;
  /** Errors a second. */
  readonly eps?: number;
  readonly utilization?: Readonly<Record<string, number>>;
  readonly request_cost?: Readonly<Record<string, number>>;
  readonly named_metrics?: Readonly<Record<string, number>>;
}

const HEADER = "endpoint-load-metrics";
const TEXT = "TEXT ";
const JSON_FORM = "JSON ";

/**
 * The load report in the headers of an answer, as `TEXT name=value,...` or `JSON {...}`; undefined where there is
 * none that can be read (Envoy 1.40, source/common/orca/orca_parser.cc).
 */
export function readLoadReport(headers: ReadonlyMap<string, string>): LoadReport | undefined {
  const value = headers.get(HEADER);
  if (value === undefined) return undefined;
  if (value.startsWith(TEXT)) return readText(value.slice(TEXT.length));
  if (value.startsWith(JSON_FORM)) return readJson(value.slice(JSON_FORM.length));
  return undefined;
}

/** Names with a dot are entries of maps, such as `named_metrics.queue`. */
function readText(text: string): LoadReport | undefined {
  const report: Record<string, number | Record<string, number>> = {};
  for (const part of text.split(",")) {
    const [name = "", number = ""] = part.split("=").map((side) => side.trim());
    const value = Number(number);
    if (name === "" || number === "" || Number.isNaN(value)) return undefined;
    const [map, key] = splitOnce(name);
    if (key === undefined) report[map] = value;
    else report[map] = { ...(report[map] as Record<string, number> | undefined), [key]: value };
  }
  return report;
}

function splitOnce(name: string): [string, string | undefined] {
  const dot = name.indexOf(".");
  return dot < 0 ? [name, undefined] : [name.slice(0, dot), name.slice(dot + 1)];
}

function readJson(text: string): LoadReport | undefined {
  try {
    return JSON.parse(text) as LoadReport;
  } catch {
    return undefined;
  }
}
