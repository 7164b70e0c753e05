import type { Location } from "../../src/decode/problem.ts";
import { SECOND } from "../../src/kernel/time.ts";
import type { Expectation } from "../../src/scenario/expectation.ts";
import type {
  ClientResult,
  ClientSeries,
  RunResult,
  Series,
  ServiceResult,
} from "../../src/simulation/result.ts";
import type { EjectionRecord } from "../../src/telemetry/proxy-tally.ts";

export interface FixtureShape {
  readonly clients: number;
  readonly services: number;
  readonly hosts: number;
  readonly proxies: number;
  readonly faults: number;
  readonly bins: number;
}

/**
 * A hand-made result that looks like a run of 60 s with slow hosts from 20 s to 40 s: for tests of what
 * reads results. Its numbers follow no model.
 */
export function makeResult(shape: Partial<FixtureShape> = {}): RunResult {
  const size = { clients: 1, services: 1, hosts: 4, proxies: 1, faults: 1, bins: 60, ...shape };
  const clients = names("web", size.clients).map(makeClient);
  return {
    scenario: "slow-hosts",
    variant: null,
    seed: "7",
    digest: `sha256:${"0123456789abcdef".repeat(4)}`,
    duration: 60 * SECOND,
    warmup: 5 * SECOND,
    events: 1_234_567,
    clients,
    services: names("checkout", size.services).map((name, index) => makeService(name, index, size.hosts)),
    proxies: names("edge", size.proxies).map((name) => ({ name, stats: proxyStats })),
    windows: [{ from: 40 * SECOND, to: 60 * SECOND, clients }],
    series: makeSeries(size),
    changes: [],
    faults: names("slow", size.faults).map((name, index) => ({
      name,
      text: "checkout, 2 hosts: slow 10",
      from: (20 + (index % 30)) * SECOND,
      to: Math.min(60, 40 + index) * SECOND,
    })),
    ejections: makeEjections(size.hosts),
    healthEvents: [],
  };
}

/** `web`, or `web-1`, `web-2`, ... where there are several. */
function names(base: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => (index === 0 ? base : `${base}-${index + 1}`));
}

function makeClient(name: string): ClientResult {
  return {
    name,
    requests: 22_013,
    rps: 400.236363636,
    successes: 21_731,
    successRate: 21_731 / 22_013,
    latencyMs: { mean: 21.123456789, p50: 8.9, p90: 41.25, p95: 77, p99: 312.7, p999: 911.02, max: 5000 },
    latencyOkMs: { mean: 19.5, p50: 8.8, p90: 40.5, p95: 75.5, p99: 290, p999: 700, max: 980.25 },
    status: [
      ["200", 21_731],
      ["503", 260],
      ["504", 12],
      ["lost", 2],
      ["timeout", 8],
    ],
    flags: [
      ["UF", 3],
      ["UO", 245],
      ["URX", 90],
      ["UT", 12],
    ],
    attempts: 22_904,
  };
}

function makeService(name: string, index: number, hosts: number): ServiceResult {
  const list = Array.from({ length: hosts }, (_, host) => ({
    address: `10.${index}.${Math.trunc(host / 250)}.${1 + (host % 250)}:8080`,
    requests: Math.trunc(22_904 / hosts) + ((host * 37) % 101),
    utilisation: 0.4 + ((host * 13) % 50) / 100,
  }));
  const requests = list.reduce((sum, host) => sum + host.requests, 0);
  return { name, requests, utilisation: 0.512345678, queueMean: 1.25, hosts: list };
}

const proxyStats: [string, number][] = [
  ["cluster.checkout.lb_healthy_panic", 12],
  ["cluster.checkout.outlier_detection.ejections_enforced_consecutive_5xx", 2],
  ["cluster.checkout.outlier_detection.ejections_enforced_total", 2],
  ["cluster.checkout.outlier_detection.ejections_overflow", 5],
  ["cluster.checkout.upstream_cx_overflow", 4],
  ["cluster.checkout.upstream_rq_pending_overflow", 245],
  ["cluster.checkout.upstream_rq_retry", 891],
  ["cluster.checkout.upstream_rq_retry_overflow", 31],
  ["cluster.checkout.upstream_rq_total", 22_904],
  ["http.ingress.downstream_rq_total", 22_013],
];

/** A repeatable wobble around 1. */
function wobble(index: number): number {
  return 0.85 + ((index * 7919) % 31) / 100;
}

function makeSeries(size: FixtureShape): Series {
  const perBin = (24_000 * Math.max(1, size.hosts / 4)) / size.bins;
  const bins = Array.from({ length: size.bins }, (_, index) => index);
  const isSlow = (bin: number) => bin >= size.bins / 3 && bin < (size.bins * 2) / 3;
  return {
    bin: (60 * SECOND) / size.bins,
    bins: size.bins,
    clients: names("web", size.clients).map((name) => makeClientSeries(name, bins, perBin, isSlow)),
    services: names("checkout", size.services).map((name, index) => ({
      name,
      hosts: makeService(name, index, size.hosts).hosts.map(({ address }, host) => ({
        address,
        requests: bins.map((bin) =>
          Math.trunc((perBin / size.hosts) * wobble(bin + 5 * host) * (isSlow(bin) && host < 2 ? 0.4 : 1)),
        ),
      })),
    })),
    proxies: names("edge", size.proxies).map((name) => ({
      name,
      attempts: bins.map((bin) => Math.trunc(perBin * wobble(bin) * (isSlow(bin) ? 1.2 : 1))),
      retries: bins.map((bin) =>
        isSlow(bin) ? Math.trunc(perBin * 0.1 * wobble(bin)) : bin % 7 === 0 ? 1 : 0,
      ),
      overflows: bins.map((bin) => (isSlow(bin) ? Math.trunc(perBin * 0.03 * wobble(3 * bin)) : 0)),
      ejected: bins.map((bin) => (bin >= size.bins * 0.45 && bin < size.bins * 0.75 ? 1 : 0)),
    })),
  };
}

function makeClientSeries(
  name: string,
  bins: readonly number[],
  perBin: number,
  isSlow: (bin: number) => boolean,
): ClientSeries {
  const requests = bins.map((bin) => Math.trunc(perBin * wobble(bin)));
  const overflow = bins.map((bin) => (isSlow(bin) ? Math.trunc(perBin * 0.03 * wobble(3 * bin)) : 0));
  const timeouts = bins.map((bin) => (isSlow(bin) && bin % 3 === 0 ? 1 : 0));
  const rise = (bin: number) => (isSlow(bin) ? 8 : 1) * wobble(bin);
  return {
    name,
    requests,
    successes: requests.map((count, bin) => count - overflow[bin]! - timeouts[bin]!),
    failures: [
      ["UO", overflow],
      ["timeout", timeouts],
    ],
    p50: bins.map((bin) => (bin === 3 ? null : 8 * wobble(bin + 1))),
    p90: bins.map((bin) => (bin === 3 ? null : 20 * rise(bin))),
    p99: bins.map((bin) => (bin === 3 ? null : 55 * rise(bin + 2))),
  };
}

function makeEjections(hosts: number): EjectionRecord[] {
  const count = Math.min(hosts, 40);
  return Array.from({ length: count }, (_, index) => ({
    at: Math.trunc((27 + index / 2) * SECOND),
    proxy: "edge",
    replica: 0,
    cluster: "checkout",
    host: `10.0.0.${1 + index}:8080`,
    action: index % 2 === 0 ? "EJECT" : "UNEJECT",
    type: "CONSECUTIVE_5XX",
    numEjections: 1,
    enforced: true,
  }));
}

const nowhere: Location = { file: "scenarios/slow-hosts.yaml", line: 1, column: 1, length: 1 };

/** An expectation as the scenario's reader makes it. */
export function expectation(
  text: string,
  op: Expectation["op"],
  limit: number,
  of: string,
  ...steps: string[]
): Expectation {
  const window = /from (\d+)s to (\d+)s/.exec(text);
  return {
    text,
    op,
    limit,
    metric: { of, steps },
    location: nowhere,
    ...(window && { window: { from: Number(window[1]) * SECOND, to: Number(window[2]) * SECOND } }),
  };
}
