import { describe, expect, it } from "vitest";
import { envoy } from "../../../test/support/world.ts";
import { type ProbeOptions, probe } from "./probe.ts";

type Json = Readonly<Record<string, unknown>>;

interface Case {
  readonly case?: Json;
  readonly upstreams?: Json;
  readonly requests?: readonly Json[];
  readonly cluster?: Json;
  readonly route?: Json;
}

const A = "10.0.0.1:8080";
const GET = { n: 0, method: "GET", authority: "api.test", path: "/" };
const RETRY = {
  retry_policy: { retry_on: "5xx", num_retries: 1, retry_back_off: { base_interval: "0.001s" } },
};
const HTTP2 = { http2_protocol_options: {} };

function filesOf({ case: description, upstreams, requests, cluster, route }: Case): Map<string, string> {
  return new Map([
    ["case.json", JSON.stringify({ mode: "sequential", ...description })],
    ["upstreams.json", JSON.stringify(upstreams ?? { [A]: {} })],
    ["requests.jsonl", (requests ?? [GET]).map((request) => JSON.stringify(request)).join("\n")],
    ["envoy.yaml", envoy([A], cluster, route)],
  ]);
}

function readFrom(files: ReadonlyMap<string, string>): (name: string) => string {
  return (name) => {
    const text = files.get(name);
    if (text === undefined) throw Object.assign(new Error(`no such file: ${name}`), { code: "ENOENT" });
    return text;
  };
}

function outputs(made: Case, options?: ProbeOptions): Map<string, string> {
  const result = probe(readFrom(filesOf(made)), options);
  if (result.kind === "failed") throw new Error(result.reason);
  return new Map(result.files.map(({ name, text }) => [name, text]));
}

function rows(text: string | undefined): Json[] {
  return text!
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

function results(made: Case): Json[] {
  return rows(outputs(made).get("results.jsonl"));
}

function reasonOf(made: Case, change: (files: Map<string, string>) => void): string {
  const files = filesOf(made);
  change(files);
  const result = probe(readFrom(files));
  return result.kind === "failed" ? result.reason : "";
}

describe("scripted upstreams", () => {
  it("consume their script in order and then go on with the default", () => {
    const script = [{ status: 503 }, { status: 404, delay_ms: 20 }];
    const upstreams = { [A]: { script, default: { status: 204 } } };
    const requests = [0, 1, 2].map((n) => ({ ...GET, n }));
    const [first, second, third] = results({ upstreams, requests });
    expect([first!.status, second!.status, third!.status]).toEqual([503, 404, 204]);
    expect(second!.duration_ms).toBe(20);
    expect(third).toMatchObject({
      n: 2,
      flags: "-",
      details: "via_upstream",
      cluster: "api",
      host: A,
      attempts: [A],
    });
  });

  const resetFor = (reason: string) => `upstream_reset_before_response_started{${reason}}`;
  const outcomes: readonly [what: string, made: Case, expected: Json][] = [
    [
      "refuse connections where they do not listen",
      { upstreams: { [A]: { listen: false } } },
      {
        status: 503,
        flags: "UF",
        details: resetFor("remote_connection_failure|delayed_connect_error:_Connection_refused"),
        attempts: [],
      },
    ],
    [
      "never take a connection where their queue is full",
      { upstreams: { [A]: { accept_queue: "full" } }, cluster: { connect_timeout: "0.25s" } },
      { status: 503, flags: "UF", details: resetFor("connection_timeout"), duration_ms: 250 },
    ],
    [
      "close the connection",
      { upstreams: { [A]: { default: { reset: "before_headers", reset_kind: "fin" } } } },
      { status: 503, flags: "UC", details: resetFor("connection_termination"), attempts: [A] },
    ],
    [
      "reset a stream of HTTP/2",
      { upstreams: { [A]: { protocol: "http2", default: { reset: "before_headers" } } }, cluster: HTTP2 },
      { status: 503, flags: "UR", details: resetFor("remote_reset") },
    ],
    [
      "refuse a stream of HTTP/2",
      {
        upstreams: { [A]: { protocol: "http2", default: { reset: "before_headers", h2_error: 7 } } },
        cluster: HTTP2,
      },
      { status: 503, flags: "UR", details: resetFor("remote_refused_stream_reset") },
    ],
    [
      "reset a stream of HTTP/2 for an error of protocol",
      {
        upstreams: { [A]: { protocol: "http2", default: { reset: "before_headers", h2_error: 1 } } },
        cluster: HTTP2,
      },
      { status: 502, flags: "UPE", details: resetFor("protocol_error") },
    ],
    [
      "send garbage",
      { upstreams: { [A]: { default: { garbage: true } } } },
      { status: 502, flags: "UPE", details: resetFor("protocol_error") },
    ],
    [
      "break off an answer 30 ms after its headers",
      { upstreams: { [A]: { default: { status: 203, reset: "after_headers" } } } },
      {
        status: 203,
        flags: "UPE",
        details: "upstream_reset_after_response_started{protocol_error}",
        duration_ms: 30,
      },
    ],
    [
      "say nothing",
      { upstreams: { [A]: { default: { hang: true } } }, route: { timeout: "0.3s" } },
      { status: 504, flags: "UT", details: "response_timeout", duration_ms: 300 },
    ],
    [
      "have their answer retried",
      { upstreams: { [A]: { script: [{ status: 500 }] } }, route: RETRY },
      { status: 200, flags: "-", attempts: [A, A], attempt_count: 2 },
    ],
  ];
  it.each(outcomes)("%s", (_what, made, expected) => {
    expect(results(made)[0]).toMatchObject(expected);
  });

  it("answer with a gRPC status in the headers", () => {
    const requests = [{ ...GET, method: "POST", headers: { "content-type": "application/grpc" } }];
    const upstreams = { [A]: { script: [{ grpc_status: 14 }], default: { grpc_status: 0 } } };
    const route = { retry_policy: { retry_on: "unavailable" } };
    expect(results({ upstreams, requests, route })[0]).toMatchObject({ status: 200, attempt_count: 2 });
  });
});

describe("a probe", () => {
  it("sends concurrent requests at their own instants, on connections of their own", () => {
    const requests = [0, 1, 2].map((n) => ({ ...GET, n, at_ms: n * 10 }));
    const upstreams = { [A]: { default: { delay_ms: 15 } } };
    const files = outputs({ case: { mode: "concurrent" }, upstreams, requests });
    expect(rows(files.get("results.jsonl")).map((row) => row.duration_ms)).toEqual([15, 15, 15]);
    // The third request finds the connection of the first free again.
    expect(JSON.parse(files.get("stats.json")!)["http.ingress.downstream_cx_total"]).toBe(2);
  });

  it("writes what upstreams received and what the client got, as the case asks for it", () => {
    const description = {
      upstream_headers: ["x-case-n", "x-list"],
      also_recorded: ["upstream", "responses"],
    };
    const requests = [{ ...GET, path: "/a?b", headers: { "x-list": ["1", "2"] } }];
    const upstreams = {
      [A]: { default: { headers: { location: "/there", "x-other": "1" }, body_bytes: 3 } },
    };
    const files = outputs({ case: description, requests, upstreams });
    const shared = { n: 0, method: "GET", authority: "api.test", path: "/a?b" };
    expect(rows(files.get("upstream.jsonl"))).toEqual([
      { ...shared, endpoint: A, headers: { "x-case-n": "0", "x-list": "1,2" } },
    ]);
    expect(rows(files.get("responses.jsonl"))).toEqual([
      { n: 0, headers: { location: "/there" }, body: "xxx" },
    ]);
  });

  it("counts resets of streams, but not refusals", () => {
    const counted = (h2_error: number) => {
      const upstreams = { [A]: { protocol: "http2", default: { reset: "before_headers", h2_error } } };
      const files = outputs({ upstreams, cluster: HTTP2 });
      return JSON.parse(files.get("stats.json")!)["cluster.api.upstream_rq_rx_reset"];
    };
    expect([counted(2), counted(7), counted(1)]).toEqual([1, undefined, undefined]);
  });

  it("reads statistics after the time to settle, when ejections have gone by", () => {
    const outlier_detection = {
      consecutive_5xx: 1,
      interval: "0.1s",
      base_ejection_time: "0.1s",
      max_ejection_percent: 100,
    };
    const made = { upstreams: { [A]: { default: { status: 500 } } }, cluster: { outlier_detection } };
    expect(rows(outputs(made).get("ejections.jsonl"))).toMatchObject([
      { at_ms: 0, host: A, action: "EJECT" },
    ]);
    const later = outputs({ ...made, case: { settle_ms: 300 } });
    // Started 65 ms before time 0, the detector looks at 35, 135, ... ms.
    expect(rows(later.get("ejections.jsonl"))).toMatchObject([
      { action: "EJECT" },
      { at_ms: 135, action: "UNEJECT" },
    ]);
  });

  it("gives the same bytes for the same seed and opens nothing but the inputs", () => {
    const opened = new Set<string>();
    const read = readFrom(filesOf({}));
    const watched = (name: string): string => {
      opened.add(name);
      return read(name);
    };
    const again = () => probe(watched, { seed: "x" });
    expect(again()).toEqual(again());
    expect([...opened].sort()).toEqual(["case.json", "envoy.yaml", "requests.jsonl", "upstreams.json"]);
  });

  it("reports configuration that is not simulated", () => {
    const result = probe(readFrom(filesOf({ route: { upgrade_configs: [{ upgrade_type: "websocket" }] } })));
    expect(result.kind === "probed" && result.notSimulated.map(({ message }) => message)).toContainEqual(
      expect.stringContaining("is not simulated"),
    );
  });
});

describe("a case that cannot run", () => {
  const set = (name: string, text: string) => (files: Map<string, string>) => files.set(name, text);
  const mistakes: readonly [what: string, reason: string, change: (files: Map<string, string>) => void][] = [
    ["a missing file", "no such file: upstreams.json", (files) => files.delete("upstreams.json")],
    ["a line that is not JSON", "requests.jsonl:2: this is not JSON", set("requests.jsonl", '{"n":0}\n{')],
    [
      "an unknown field",
      'requests.jsonl:1: Unrecognized key: "metod"',
      set("requests.jsonl", '{"n":0,"metod":"GET"}'),
    ],
    ["no request", "requests.jsonl: there is no request", set("requests.jsonl", "\n")],
    [
      "a wrong behaviour",
      `upstreams.json: ${A}: default.status`,
      set("upstreams.json", `{"${A}":{"default":{"status":"x"}}}`),
    ],
    [
      "another protocol",
      `upstreams.json: ${A}: protocol "redis" is not simulated`,
      set("upstreams.json", `{"${A}":{"protocol":"redis"}}`),
    ],
    ["no instant", "requests.jsonl:1: at_ms is missing", set("case.json", '{"mode":"concurrent"}')],
    ["what Envoy refuses", "envoy.yaml:1:", set("envoy.yaml", "static_resource: {}")],
    [
      "no listener",
      "envoy.yaml: no listener has an HTTP connection manager",
      set("envoy.yaml", "static_resources: {}"),
    ],
  ];
  it.each(mistakes)("says so: %s", (_what, reason, change) => {
    expect(reasonOf({}, change)).toContain(reason);
  });
});

describe("health checks", () => {
  const cluster = {
    health_checks: [
      {
        timeout: "0.05s",
        interval: "0.1s",
        no_traffic_interval: "0.1s",
        unhealthy_threshold: 2,
        healthy_threshold: 2,
        http_health_check: { path: "/healthz" },
      },
    ],
  };
  const requestsAt = (...instants: number[]) => instants.map((at_ms, n) => ({ ...GET, n, at_ms }));
  const healthOf = (made: Case) =>
    rows(outputs({ case: { mode: "concurrent" }, cluster, ...made }).get("health.jsonl"));

  it("have a script of their own, and write what Envoy's event log has", () => {
    const script = [{}, { headers: { "x-envoy-degraded": "" } }, { status: 503 }, { hang: true }, {}, {}];
    const common = { health_checker_type: "HTTP", cluster_name: "api", host: A };
    const failure = { failure_type: "ACTIVE", http_status_code: 503 };
    // Checks begin at -65 ms; the fourth runs into its time limit.
    const events = healthOf({ upstreams: { [A]: { health: { script } } }, requests: requestsAt(0, 700) });
    expect(events).toEqual([
      { ...common, add_healthy_event: { first_check: true }, at_ms: -65 },
      { ...common, degraded_healthy_host: {}, at_ms: 35 },
      { ...common, eject_unhealthy_event: failure, at_ms: 135 },
      { ...common, no_longer_degraded_host: {}, at_ms: 385 },
      { ...common, add_healthy_event: { first_check: false }, at_ms: 485 },
    ]);
  });

  it("are told by an answer to traffic that the host is out", () => {
    const script = [{}, { status: 503, headers: { "x-envoy-immediate-health-check-fail": "true" } }];
    const upstreams = { [A]: { script } };
    const events = healthOf({ upstreams, requests: requestsAt(0, 10, 300) });
    expect(events.map(({ at_ms: at, ...event }) => [at, Object.keys(event)[2]])).toEqual([
      [-65, "add_healthy_event"],
      [10, "eject_unhealthy_event"],
      // Its checks go on in their rhythm: the first success after it is at 35 ms, the second at 135 ms.
      [135, "add_healthy_event"],
    ]);
    expect(events[1]!.eject_unhealthy_event).toEqual({ failure_type: "PASSIVE", http_status_code: 0 });
    const stats = JSON.parse(
      outputs({ case: { mode: "concurrent" }, cluster, upstreams, requests: requestsAt(0, 10, 300) }).get(
        "stats.json",
      )!,
    );
    expect(stats["cluster.api.health_check.passive_failure"]).toBe(1);
  });
});
