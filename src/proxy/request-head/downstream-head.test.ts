import { describe, expect, it } from "vitest";
import { type Headers, headOf } from "../../../test/support/heads.ts";
import { messageOf } from "../../../test/support/message.ts";
import type { JsonObject } from "../../decode/message.ts";
import { DownstreamHeads } from "./downstream-head.ts";

const RANGES = { internal_address_config: { cidr_ranges: [{ address_prefix: "10.0.0.0", prefix_len: 8 }] } };
const EDGE = { use_remote_address: true, ...RANGES };

function receive(config: JsonObject, peer: string, headers: Headers = []) {
  return new DownstreamHeads(messageOf(config), false, 80).receive(headOf({ headers }), peer);
}

describe("a request is internal", () => {
  it.each<[what: string, config: JsonObject, peer: string, headers: Headers, isInternal: boolean]>([
    ["from an internal address", EDGE, "10.1.2.3", [], true],
    ["not from another", EDGE, "11.1.2.3", [], false],
    ["not when it was forwarded", EDGE, "10.1.2.3", [["x-forwarded-for", "10.0.0.1"]], false],
    ["not without configured addresses", { use_remote_address: true }, "10.1.2.3", [], false],
    [
      "behind a proxy, by the one address that forwarded it",
      RANGES,
      "web",
      [["x-forwarded-for", "10.0.0.1"]],
      true,
    ],
    ["not by one of several", RANGES, "web", [["x-forwarded-for", "10.0.0.1, 10.0.0.2"]], false],
    ["not by the peer's address there", RANGES, "10.1.2.3", [], false],
  ])("%s", (_what, config, peer, headers, isInternal) => {
    expect(receive(config, peer, headers).isInternal).toBe(isInternal);
  });
});

it("takes from external requests what only internal ones may ask for", () => {
  const headers: Headers = [
    ["x-envoy-retry-on", "5xx"],
    ["x-envoy-original-path", "/"],
    ["x-user", "7"],
  ];
  expect([...receive(EDGE, "11.0.0.1", headers).head.headers.keys()]).toEqual([
    "x-user",
    "x-forwarded-for",
    "x-forwarded-proto",
  ]);
  expect([...receive(RANGES, "11.0.0.1", headers).head.headers.keys()]).toEqual([
    "x-envoy-original-path",
    "x-user",
    "x-forwarded-proto",
  ]);
  expect(receive(EDGE, "10.0.0.1", headers).head.headers.get("x-envoy-internal")).toEqual(["true"]);
});

it("joins repeated lines of the headers that Envoy holds once, and leaves those of others apart", () => {
  const headers: Headers = [
    ["user-agent", "a"],
    ["x-user", "1"],
    ["user-agent", "b"],
    ["x-user", "2"],
  ];
  expect([...receive(EDGE, "11.0.0.1", headers).head.headers]).toEqual([
    ["user-agent", ["a,b"]],
    ["x-user", ["1", "2"]],
    ["x-forwarded-for", ["11.0.0.1"]],
    ["x-forwarded-proto", ["http"]],
  ]);
});

it("gives the same head for the same head, so that what depends on it can be remembered", () => {
  const heads = new DownstreamHeads(messageOf(EDGE), false, 80);
  const [head, other] = [headOf({ headers: [["x-envoy-retry-on", "5xx"]] }), headOf()];
  const first = heads.receive(head, "11.0.0.1").head;
  expect(heads.receive(other, "11.0.0.1").head).not.toBe(first);
  expect(heads.receive(head, "11.0.0.1").head).toBe(first);
});

// Envoy 1.40, test/common/http/conn_manager_utility_test.cc: XFFTrustedHopsAppendsXFF, SkipXffAppend...
describe("the address of the peer", () => {
  const via: Headers = [["x-forwarded-for", "198.51.100.1"]];
  it.each<[what: string, config: JsonObject, peer: string, headers: Headers, expected: string[] | undefined]>(
    [
      ["goes along", EDGE, "10.1.2.3", [], ["10.1.2.3"]],
      ["comes after others", EDGE, "10.1.2.3", via, ["198.51.100.1,10.1.2.3"]],
      [
        "is left out where that is wanted",
        { ...EDGE, skip_xff_append: true },
        "10.1.2.3",
        via,
        ["198.51.100.1"],
      ],
      ["is left out behind a proxy", RANGES, "10.1.2.3", via, ["198.51.100.1"]],
      ["is left out where there is none", EDGE, "web", [], undefined],
    ],
  )("%s", (_what, config, peer, headers, expected) => {
    expect(receive(config, peer, headers).head.headers.get("x-forwarded-for")).toEqual(expected);
  });

  it("is that of each peer that sends the same head", () => {
    const heads = new DownstreamHeads(messageOf(EDGE), false, 80);
    const head = headOf();
    const first = heads.receive(head, "10.0.0.1");
    expect(heads.receive(head, "10.0.0.2").head.headers.get("x-forwarded-for")).toEqual(["10.0.0.2"]);
    expect(heads.receive(head, "10.0.0.1")).toBe(first);
  });

  it("makes a request internal at the next proxy, but not after a second hop", () => {
    const { head } = receive(EDGE, "10.1.2.3");
    const next = new DownstreamHeads(messageOf(RANGES), false, 80);
    expect(next.receive(head, "10.0.0.9").isInternal).toBe(true);
    const atEdge = new DownstreamHeads(messageOf(EDGE), false, 80).receive(head, "10.0.0.9");
    expect(atEdge.isInternal).toBe(false);
    expect(next.receive(atEdge.head, "10.0.0.10").isInternal).toBe(false);
  });
});

describe("the scheme", () => {
  const claim: Headers = [["x-forwarded-proto", "https"]];
  const set = { scheme_header_transformation: { scheme_to_overwrite: "https" } };
  it.each<[what: string, config: JsonObject, isTls: boolean, headers: Headers, proto: string]>([
    ["is that of the connection", {}, false, [], "http"],
    ["is https where the filter chain has TLS", {}, true, [], "https"],
    ["is believed from a proxy in front", {}, false, claim, "https"],
    ["is not believed at the edge", EDGE, false, claim, "http"],
    ["is believed behind trusted proxies", { ...EDGE, xff_num_trusted_hops: 1 }, false, claim, "https"],
    ["may be set", set, false, [], "https"],
  ])("%s", (_what, config, isTls, headers, proto) => {
    const { head } = new DownstreamHeads(messageOf(config), isTls, 80).receive(headOf({ headers }), "web");
    expect(head.headers.get("x-forwarded-proto")).toEqual([proto]);
    expect(head.scheme).toBe(proto);
  });
});

it.each([
  [{}, "Shop.test.:80", "Shop.test.:80"],
  [{ strip_any_host_port: true }, "shop.test:8080", "shop.test"],
  [{ strip_matching_host_port: true }, "shop.test:8080", "shop.test:8080"],
  [{ strip_matching_host_port: true }, "shop.test:80", "shop.test"],
  [{ strip_trailing_host_dot: true }, "shop.test.:80", "shop.test:80"],
  [{ strip_trailing_host_dot: true, strip_any_host_port: true }, "shop.test.:81", "shop.test"],
])("%j makes of the host %s: %s", (config, authority, expected) => {
  const heads = new DownstreamHeads(messageOf(config), false, 80);
  expect(heads.receive(headOf({ authority }), "web").head.authority).toBe(expected);
});
