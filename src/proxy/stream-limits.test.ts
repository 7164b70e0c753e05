import { expect, test } from "vitest";
import { A, type Bootstrap, GET, type Json, managerOf, probed } from "../../test/support/probed.ts";

const DELAY = {
  name: "fault",
  typed_config: {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
    delay: { fixed_delay: "1s", percentage: { numerator: 100 } },
  },
};

/** How a request ends that a filter keeps back for a second, before a host that takes `takes` ms. */
function ending({ manager = {}, route = {}, direct = false, takes = 0, body = 0 }): Json {
  const { results } = probed({
    upstreams: { [A]: { default: { delay_ms: takes } } },
    route,
    change: (bootstrap: Bootstrap) => {
      const hcm = Object.assign(managerOf(bootstrap), manager);
      hcm.http_filters.unshift(DELAY);
      if (direct)
        hcm.route_config.virtual_hosts[0].routes[0] = {
          match: { prefix: "/" },
          direct_response: { status: 200 },
        };
    },
    requests: [{ ...GET, method: "POST", body_bytes: body }],
  });
  const { status, flags, details, duration_ms } = results[0]!;
  return { status, flags, details, duration_ms };
}

const idle = (ms: number) => ({
  status: 504,
  flags: "DI,SI",
  details: "stream_idle_timeout",
  duration_ms: ms,
});
const over = (ms: number) => ({ status: 504, flags: "DI", details: "max_duration_timeout", duration_ms: ms });
const answered = (ms: number, details = "via_upstream") => ({
  status: 200,
  flags: "DI",
  details,
  duration_ms: ms,
});

const IDLE = { stream_idle_timeout: "0.6s" };
const LONGER_IDLE = { stream_idle_timeout: "1.2s" };
const DURATION = { common_http_protocol_options: { max_stream_duration: "0.5s" } };

// As Envoy 1.40 was seen to end them, give or take 5 ms.
test.each([
  ["by the idle time of the connection manager", { manager: IDLE }, idle(600)],
  ["by that of the route", { manager: IDLE, route: { idle_timeout: "0.3s" } }, idle(300)],
  [
    "not where the route has switched it off",
    { manager: IDLE, route: { idle_timeout: "0s" } },
    answered(1000),
  ],
  ["though it would be answered directly", { manager: IDLE, direct: true }, idle(600)],
  ["by the duration that the connection manager allows", { manager: DURATION }, over(500)],
  ["by the duration, though it would be answered directly", { manager: DURATION, direct: true }, over(500)],
  [
    "by that of the route",
    { manager: DURATION, route: { max_stream_duration: { max_stream_duration: "0.4s" } } },
    over(400),
  ],
  ["later by silence since it has come", { manager: LONGER_IDLE, takes: 600 }, idle(1200)],
  ["or since its body has moved on", { manager: LONGER_IDLE, takes: 600, body: 3 }, answered(1600)],
  ["not where nothing limits it", { direct: true }, answered(1000, "direct_response")],
])("a request that a filter keeps back ends %s", (_how, world, expected) => {
  expect(ending(world)).toEqual(expected);
});
