import { describe, expect, it } from "vitest";
import { type Headers, headOf } from "../../../test/support/heads.ts";
import { messageOf } from "../../../test/support/message.ts";
import type { JsonObject } from "../../decode/message.ts";
import { compileRouteTable } from "./route-table.ts";

const TYPE = "type.googleapis.com/";

function header(name: string): JsonObject {
  return {
    name,
    typed_config: { "@type": `${TYPE}envoy.type.matcher.v3.HttpRequestHeaderMatchInput`, header_name: name },
  };
}

function route(cluster: string, prefix = "/"): JsonObject {
  return { match: { prefix }, route: { cluster } };
}

function to(cluster: string, prefix?: string): JsonObject {
  const typed_config = { "@type": `${TYPE}envoy.config.route.v3.Route`, ...route(cluster, prefix) };
  return { action: { name: "route", typed_config } };
}

function toList(...routes: JsonObject[]): JsonObject {
  return {
    action: { name: "list", typed_config: { "@type": `${TYPE}envoy.config.route.v3.RouteList`, routes } },
  };
}

function is(name: string, value_match: JsonObject): JsonObject {
  return { single_predicate: { input: header(name), value_match } };
}

function custom(name: string, type: string, config: JsonObject): JsonObject {
  return { name, typed_config: { "@type": `${TYPE}${type}`, ...config } };
}

/** The cluster that a request with these headers is sent to by a virtual host with this matcher. */
function clusterOf(matcher: JsonObject, headers: Headers, path = "/"): string | null {
  const table = compileRouteTable(messageOf({ virtual_hosts: [{ name: "v", domains: ["*"], matcher }] }));
  expect(table.unmodelled).toEqual([]);
  const match = table.match(headOf({ headers, path }), { mod: () => 0 });
  return match.kind === "route" ? match.cluster : null;
}

describe("a list of matchers", () => {
  const matcher = {
    matcher_list: {
      matchers: [
        { predicate: is("a", { exact: "1" }), on_match: { ...to("kept"), keep_matching: true } },
        {
          predicate: { and_matcher: { predicate: [is("a", { exact: "1" }), is("b", { prefix: "x" })] } },
          on_match: toList(route("api", "/api"), route("web", "/web")),
        },
        {
          predicate: { or_matcher: { predicate: [is("a", { exact: "2" }), is("b", { suffix: "z" })] } },
          on_match: to("either"),
        },
        { predicate: { not_matcher: is("c", { contains: "." }) }, on_match: to("not") },
      ],
    },
    on_no_match: to("rest"),
  };
  it.each<[Headers, string, string | null]>([
    [
      [
        ["a", "1"],
        ["b", "xy"],
      ],
      "/web",
      "web",
    ],
    // The tree has led to a list none of whose routes fits: that is the end.
    [
      [
        ["a", "1"],
        ["b", "xz"],
      ],
      "/other",
      null,
    ],
    [[["a", "2"]], "/", "either"],
    [[["a", "1"]], "/", "not"],
    [[["c", "a.b"]], "/", "rest"],
    // Repeated headers are one value.
    [
      [
        ["c", "x"],
        ["a", "2"],
        ["a", "2"],
      ],
      "/",
      "not",
    ],
  ])("%j %s: %s", (headers, path, cluster) => {
    expect(clusterOf(matcher, headers, path)).toBe(cluster);
  });
});

describe("a tree", () => {
  it("by exact values", () => {
    const matcher = { matcher_tree: { input: header("h"), exact_match_map: { map: { a: to("A") } } } };
    expect(clusterOf(matcher, [["h", "a"]])).toBe("A");
    expect(clusterOf(matcher, [["h", "ab"]])).toBeNull();
    expect(clusterOf({ ...matcher, on_no_match: to("rest") }, [])).toBe("rest");
  });

  it("by prefixes tries shorter ones when a longer one leads nowhere", () => {
    const inner = { matcher_tree: { input: header("i"), exact_match_map: { map: { x: to("X") } } } };
    const map = {
      "/a": to("short"),
      "/a/b": { matcher: inner },
      "/a/b/c": { ...to("kept"), keep_matching: true },
    };
    const matcher = { matcher_tree: { input: header(":path"), prefix_match_map: { map } } };
    expect(clusterOf(matcher, [["i", "x"]], "/a/b/c")).toBe("X");
    expect(clusterOf(matcher, [], "/a/b/c")).toBe("short");
    expect(clusterOf(matcher, [], "/b")).toBeNull();
  });

  it("by ranges of addresses", () => {
    const range = (address_prefix: string, prefix_len: number) => ({ address_prefix, prefix_len });
    const nowhere = { matcher: {} };
    const range_matchers = [
      { ranges: [range("10.0.0.0", 8)], on_match: to("wide") },
      { ranges: [range("10.1.0.0", 16)], on_match: to("exclusive"), exclusive: true },
      { ranges: [range("10.1.2.0", 24)], on_match: nowhere },
    ];
    const custom_match = custom("ip", "xds.type.matcher.v3.IPMatcher", { range_matchers });
    const matcher = { matcher_tree: { input: header("ip"), custom_match } };
    expect(clusterOf(matcher, [["ip", "10.1.3.1"]])).toBe("exclusive");
    expect(clusterOf(matcher, [["ip", "10.1.2.1"]])).toBe("wide");
    expect(clusterOf(matcher, [["ip", "11.1.2.1"]])).toBeNull();
    expect(clusterOf(matcher, [["ip", "ten"]])).toBeNull();
  });

  it("by domains", () => {
    const domain_matchers = [
      { domains: ["*"], on_match: to("any") },
      { domains: ["*.shop.test", "shop.test"], on_match: to("shop") },
      { domains: ["*.api.shop.test"], on_match: to("api") },
    ];
    const custom_match = custom("name", "xds.type.matcher.v3.ServerNameMatcher", { domain_matchers });
    const matcher = { matcher_tree: { input: header(":authority"), custom_match } };
    const cluster = (host: string) => {
      const table = compileRouteTable(messageOf({ virtual_hosts: [{ name: "v", domains: ["*"], matcher }] }));
      const match = table.match(headOf({ authority: host }), { mod: () => 0 });
      return match.kind === "route" && match.cluster;
    };
    expect(["shop.test", "a.shop.test", "b.api.shop.test", "test"].map(cluster)).toEqual([
      "shop",
      "shop",
      "api",
      "any",
    ]);
  });
});

describe("a custom input matcher", () => {
  const one = (custom_match: JsonObject) => ({
    matcher_list: {
      matchers: [
        { predicate: { single_predicate: { input: header("h"), custom_match } }, on_match: to("yes") },
      ],
    },
  });
  const inputs = "envoy.extensions.matching.input_matchers.";

  it("of addresses", () => {
    const cidr_ranges = [{ address_prefix: "10.0.0.0", prefix_len: 8 }];
    const matcher = one(custom("ip", `${inputs}ip.v3.Ip`, { cidr_ranges, stat_prefix: "ip" }));
    expect(clusterOf(matcher, [["h", "10.3.2.1"]])).toBe("yes");
    expect(clusterOf(matcher, [["h", "12.3.2.1"]])).toBeNull();
  });

  it("by hash splits values by their share", () => {
    const consistent = one(
      custom("hash", `${inputs}consistent_hashing.v3.ConsistentHashing`, { threshold: 30, modulo: 100 }),
    );
    const fraction = one(
      custom("fraction", `${inputs}runtime_fraction.v3.RuntimeFraction`, {
        runtime_fraction: { default_value: { numerator: 30 } },
      }),
    );
    // Both reduce the same xxHash64 modulo 100: below 30 is in the fraction, from 30 on above the threshold.
    const values = Array.from({ length: 50 }, (_, i) => `user-${i}`);
    const inFraction = values.map((value) => clusterOf(fraction, [["h", value]]) === "yes");
    expect(values.map((value) => clusterOf(consistent, [["h", value]]) !== "yes")).toEqual(inFraction);
    expect(inFraction).toContain(true);
    expect(clusterOf(consistent, [])).toBeNull();
  });
});

it("an input that only responses have is not modelled", () => {
  const input = custom("r", "envoy.type.matcher.v3.HttpResponseHeaderMatchInput", { header_name: "h" });
  const matcher = { matcher_tree: { input, exact_match_map: { map: { a: to("A") } } } };
  const table = compileRouteTable(messageOf({ virtual_hosts: [{ name: "v", domains: ["*"], matcher }] }));
  expect(table.unmodelled.map(({ reason }) => reason)).toEqual([
    'condition not modelled: input "r" of a matcher tree',
  ]);
});
