import { describe, expect, it } from "vitest";
import { type Headers, headOf } from "../../test/support/heads.ts";
import { messageOf } from "../../test/support/message.ts";
import type { JsonObject } from "../decode/message.ts";
import { DownstreamHeads } from "./downstream-head.ts";

const RANGES = { internal_address_config: { cidr_ranges: [{ address_prefix: "10.0.0.0", prefix_len: 8 }] } };
const EDGE = { use_remote_address: true, ...RANGES };

function receive(config: JsonObject, peer: string, headers: Headers = []) {
  return new DownstreamHeads(messageOf(config)).receive(headOf({ headers }), peer);
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
  expect([...receive(EDGE, "11.0.0.1", headers).head.headers.keys()]).toEqual(["x-user"]);
  expect([...receive(RANGES, "11.0.0.1", headers).head.headers.keys()]).toEqual([
    "x-envoy-original-path",
    "x-user",
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
  ]);
});

it("gives the same head for the same head, so that what depends on it can be remembered", () => {
  const heads = new DownstreamHeads(messageOf(EDGE));
  const [head, other] = [headOf({ headers: [["x-envoy-retry-on", "5xx"]] }), headOf()];
  const first = heads.receive(head, "11.0.0.1").head;
  expect(heads.receive(other, "11.0.0.1").head).toBe(other);
  expect(heads.receive(head, "11.0.0.1").head).toBe(first);
});
