import { expect, test } from "vitest";
import { A, GET, type Json, managerOf, probed } from "../../test/support/probed.ts";

/** The `grpc-timeout` that the host gets for each of these of a gRPC client; null: none. */
function told(asked: readonly (string | null)[], maxStreamDuration: Json, limit: Json): unknown[] {
  const requests = asked.map((timeout, n) => {
    const headers = {
      "content-type": "application/grpc",
      ...(timeout !== null && { "grpc-timeout": timeout }),
    };
    return { ...GET, n, method: "POST", headers };
  });
  const { upstream } = probed({
    upstreams: { [A]: {} },
    route: { max_stream_duration: maxStreamDuration },
    change: (bootstrap) => Object.assign(managerOf(bootstrap), limit),
    requests,
    described: { also_recorded: ["upstream"], upstream_headers: ["grpc-timeout"] },
  });
  return upstream.map(({ headers }) => (headers as Json)["grpc-timeout"] ?? null);
}

const LIMITED = { common_http_protocol_options: { max_stream_duration: "30s" } };

// As Envoy 1.40 was seen to tell its host.
test.each([
  ["the limit of the route", { max_stream_duration: "20s" }, {}, ["20000m", "20000m", "20000m", "20000m"]],
  [
    "what is asked for, within limits",
    { grpc_timeout_header_max: "3s" },
    {},
    ["3000m", "2900m", "bad", null],
  ],
  ["nothing else where there is no limit", { max_stream_duration: "0s" }, {}, ["5S", "2900m", "bad", null]],
  ["nothing where it takes a limit away", { max_stream_duration: "0s" }, LIMITED, [null, null, null, null]],
  [
    "the connection manager's limit where it has none",
    { grpc_timeout_header_max: "0s", grpc_timeout_header_offset: "0.5s" },
    LIMITED,
    ["4500m", "2400m", "30000m", "30000m"],
  ],
])("a route that limits the duration tells gRPC servers %s", (_what, route, manager, expected) => {
  expect(told(["5S", "2900m", "bad", null], route, manager)).toEqual(expected);
});
