import type { Verdict } from "../experiment/judge.ts";
import { latencyFigures } from "../experiment/metric.ts";
import { SECOND } from "../kernel/time.ts";
import type { ClientResult, LatencyFigures, ProxyResult, ServiceResult } from "../simulation/result.ts";
import { round, roundOrNull } from "./figures.ts";
import { JsonObject, type OrderedJson, printJson } from "./ordered-json.ts";
import type { NamedWindow, RunReport } from "./run-report.ts";

/** Rises only when something that readers may rely on goes away or changes its meaning. */
const schemaVersion = 1;

/**
 * The document that `run --json` prints and `summary.json` holds, with a line end. Counts are exact, other
 * numbers have six significant digits; named things keep the order of the scenario.
 */
export function formatJson(report: RunReport): string {
  const { result } = report;
  const document = JsonObject.of({
    schema: schemaVersion,
    meshsim: report.version,
    scenario: result.scenario,
    seed: result.seed,
    variant: result.variant,
    digest: result.digest,
    duration_s: round(result.duration / SECOND),
    interrupted: report.planned === undefined ? undefined : true,
    events: result.events,
    clients: clientsDocument(result.clients),
    services: byName(result.services, serviceDocument),
    proxies: byName(result.proxies, proxyDocument),
    expect: report.verdicts.map(verdictDocument),
    windows:
      report.windows.length === 0
        ? undefined
        : report.windows.map((window) => windowDocument(window, report)),
  });
  return `${printJson(document)}\n`;
}

function byName<T extends { readonly name: string }>(
  list: readonly T[],
  document: (item: T) => OrderedJson,
): JsonObject {
  return new JsonObject(list.map((item) => [item.name, document(item)]));
}

function clientsDocument(clients: readonly ClientResult[]): JsonObject {
  return byName(clients, (client) =>
    JsonObject.of({
      requests: client.requests,
      rps: round(client.rps),
      success_rate: roundOrNull(client.successRate),
      latency_ms: latencyDocument(client.latencyMs),
      latency_ok_ms: latencyDocument(client.latencyOkMs),
      status: new JsonObject(client.status),
      flags: new JsonObject(client.flags),
      attempts: client.attempts,
    }),
  );
}

/** Without requests every figure is null, so that a reader finds the same keys always. */
function latencyDocument(latency: LatencyFigures | null): JsonObject {
  return new JsonObject(
    latencyFigures.map((figure) => [figure, latency === null ? null : round(latency[figure])]),
  );
}

function serviceDocument(service: ServiceResult): JsonObject {
  return JsonObject.of({
    requests: service.requests,
    utilisation: roundOrNull(service.utilisation),
    queue_mean: round(service.queueMean),
    hosts: new JsonObject(
      service.hosts.map((host) => [
        host.address,
        JsonObject.of({ requests: host.requests, utilisation: roundOrNull(host.utilisation) }),
      ]),
    ),
  });
}

function proxyDocument(proxy: ProxyResult): JsonObject {
  return JsonObject.of({ stats: new JsonObject(proxy.stats) });
}

function verdictDocument(verdict: Verdict): JsonObject {
  const { text, pass, actual, unit } = verdict;
  return JsonObject.of({ text, pass, actual: unit === "count" ? actual : roundOrNull(actual) });
}

function windowDocument(named: NamedWindow, report: RunReport): JsonObject {
  const { from, to } = named.window;
  const found = report.result.windows.find((window) => window.from === from && window.to === to);
  if (found === undefined) throw new Error(`the result has no window ${named.fromText}-${named.toText}`);
  return JsonObject.of({ from: named.fromText, to: named.toText, clients: clientsDocument(found.clients) });
}
