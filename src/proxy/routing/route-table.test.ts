import { describe, expect, test } from "vitest";
import { headOf } from "../../../test/support/heads.ts";
import { messageOf } from "../../../test/support/message.ts";
import type { JsonObject } from "../../decode/message.ts";
import { SECOND } from "../../kernel/time.ts";
import type { RouteEntry, StreamId } from "./route-match.ts";
import { compileRouteTable, type RouteTable } from "./route-table.ts";

/** A stream id that also counts how often it was asked. */
class CountedStreamId implements StreamId {
  asked = 0;
  readonly #value: number;

  constructor(value: number) {
    this.#value = value;
  }

  mod(n: number): number {
    this.asked++;
    return this.#value % n;
  }
}

function tableOf(...routes: JsonObject[]): RouteTable {
  return hostTableOf({ name: "shop", domains: ["*"], routes });
}

function hostTableOf(...virtualHosts: JsonObject[]): RouteTable {
  return compileRouteTable(messageOf({ name: "table", virtual_hosts: virtualHosts }));
}

function matchOf(table: RouteTable, parts: Parameters<typeof headOf>[0] = {}, random = 0) {
  return table.match(headOf(parts), new CountedStreamId(random));
}

function entryOf(action: JsonObject, virtualHost: JsonObject = {}): RouteEntry {
  const routes = [{ name: "r", match: { prefix: "/" }, route: { cluster: "c", ...action } }];
  const match = matchOf(hostTableOf({ name: "shop", domains: ["*"], routes, ...virtualHost }));
  if (match.kind !== "route") throw new Error(`no route but ${match.kind}`);
  return match.route;
}

describe("a route entry", () => {
  test("has Envoy's defaults", () => {
    expect(entryOf({})).toMatchObject({
      name: "r",
      virtualHost: "shop",
      timeout: 15 * SECOND,
      retryPolicy: undefined,
      priority: "default",
      clusterNotFoundStatus: 503,
    });
  });

  test("reads what is configured", () => {
    const action = {
      timeout: "0s",
      priority: "HIGH",
      cluster_not_found_response_code: "NOT_FOUND",
    };
    expect(entryOf(action)).toMatchObject({
      timeout: 0,
      priority: "high",
      clusterNotFoundStatus: 404,
    });
  });

  test("has the virtual host's retry policy unless it has its own", () => {
    const virtualHost = { retry_policy: { num_retries: 5 } };
    expect(entryOf({}, virtualHost).retryPolicy?.number("num_retries")).toBe(5);
    const own = entryOf({ retry_policy: { num_retries: 2 } }, virtualHost);
    expect(own.retryPolicy?.number("num_retries")).toBe(2);
  });
});

describe("rewriting", () => {
  test("returns the same head when nothing changes", () => {
    const head = headOf();
    expect(entryOf({}).rewrite(head)).toBe(head);
  });

  test("changes host and path, keeps the old ones in headers, and does so once a head", () => {
    const entry = entryOf({ prefix_rewrite: "/v2/", host_rewrite_literal: "internal" });
    const head = headOf({ path: "/cart?x=1", headers: [["x-user", "7"]] });
    const rewritten = entry.rewrite(head);
    expect(rewritten).toMatchObject({ path: "/v2/cart?x=1", authority: "internal" });
    expect(Object.fromEntries(rewritten.headers)).toEqual({
      "x-user": ["7"],
      "x-envoy-original-host": ["shop.example"],
      "x-envoy-original-path": ["/cart?x=1"],
    });
    expect(entry.rewrite(head)).toBe(rewritten);
    expect(head.headers.size).toBe(1);
  });
});

describe("chance", () => {
  const half = { default_value: { numerator: 50 } };
  const shifted = tableOf(
    { match: { prefix: "/", runtime_fraction: half }, route: { cluster: "half" } },
    {
      match: { prefix: "/" },
      route: {
        weighted_clusters: {
          clusters: [
            { name: "a", weight: 70 },
            { name: "b", weight: 30 },
          ],
        },
      },
    },
  );

  test("is one number for fraction and weights", () => {
    const clusterOf = (random: number) => {
      const match = matchOf(shifted, {}, random);
      return match.kind === "route" && match.cluster;
    };
    expect([0, 49, 50, 69, 70, 99, 149].map(clusterOf)).toEqual(["half", "half", "a", "a", "b", "b", "half"]);
  });

  test("is asked anew for a head that was seen before, and not at all where it decides nothing", () => {
    const head = headOf();
    const streamId = new CountedStreamId(50);
    shifted.match(head, streamId);
    shifted.match(head, streamId);
    expect(streamId.asked).toBe(4);
    const fixed = tableOf({ match: { prefix: "/" }, route: { cluster: "c" } });
    expect(fixed.match(head, streamId)).toBe(fixed.match(head, streamId));
    expect(streamId.asked).toBe(4);
  });
});

describe("answers without a cluster", () => {
  test("a direct response has its status and its body", () => {
    const table = tableOf({
      name: "gone",
      match: { prefix: "/" },
      direct_response: { status: 410, body: { inline_string: "weg, für immer" } },
    });
    expect(matchOf(table)).toEqual({
      kind: "direct",
      routeName: "gone",
      virtualHost: "shop",
      status: 410,
      body: "weg, für immer",
      filterLevels: [],
    });
  });

  test("a direct response of 302 leads to the request's own URL", () => {
    const table = tableOf({ match: { prefix: "/" }, direct_response: { status: 302 } });
    expect(matchOf(table, { path: "/dr" })).toMatchObject({ location: "http://shop.example/dr" });
  });

  test("a redirect keeps or strips the query", () => {
    const redirectOf = (redirect: JsonObject) =>
      matchOf(tableOf({ match: { prefix: "/old" }, redirect }), { path: "/old/a?b=1" });
    expect(redirectOf({ response_code: "PERMANENT_REDIRECT", https_redirect: true })).toMatchObject({
      status: 308,
      location: "https://shop.example/old/a?b=1",
    });
    expect(redirectOf({ prefix_rewrite: "/new", strip_query: true })).toMatchObject({
      status: 301,
      location: "http://shop.example/new/a",
    });
    expect(redirectOf({ path_redirect: "/p?q=2", strip_query: true })).toMatchObject({
      location: "http://shop.example/p?q=2",
    });
  });

  test("require_tls redirects before any route is tried", () => {
    const routes = [{ match: { prefix: "/" }, route: { cluster: "c" } }];
    const table = hostTableOf({ name: "shop", domains: ["*"], routes, require_tls: "EXTERNAL_ONLY" });
    expect(matchOf(table, { authority: "shop:80", path: "/x" })).toMatchObject({
      status: 301,
      location: "https://shop:80/x",
    });
    expect(matchOf(table, { headers: [["x-forwarded-proto", "https"]] }).kind).toBe("route");
    expect(matchOf(table, { headers: [["x-envoy-internal", "true"]] }).kind).toBe("route");
  });

  test("no virtual host and no route are told apart", () => {
    const table = hostTableOf({ name: "shop", domains: ["shop.example"], routes: [] });
    expect(matchOf(table)).toEqual({ kind: "none", virtualHost: "shop" });
    expect(matchOf(table, { authority: "other" })).toEqual({ kind: "none", virtualHost: null });
  });
});

describe("a condition on what a request does not have", () => {
  const value = { string_match: { exact: "a" } };
  test.each([
    [{ dynamic_metadata: [{ filter: "f", path: [{ key: "k" }], value }] }, "none"],
    [{ dynamic_metadata: [{ filter: "f", path: [{ key: "k" }], value, invert: true }] }, "route"],
    [{ filter_state: [{ key: "k", string_match: { exact: "a" } }] }, "none"],
    [{ tls_context: { presented: false, validated: false } }, "route"],
    [{ tls_context: { presented: true } }, "none"],
    [{ tls_context: {} }, "route"],
  ])("%j: %s", (match, kind) => {
    const table = tableOf({ match: { prefix: "/", ...match }, route: { cluster: "c" } });
    expect(matchOf(table).kind).toBe(kind);
    expect(table.unmodelled).toEqual([]);
  });
});

describe("what a table must not be used with", () => {
  test.each([
    [{ path_match_policy: { name: "x" } }, "path_match_policy"],
    [{ prefix: "/", headers: [{ name: "x", string_match: { custom: {} } }] }, "custom"],
  ])("condition %j is not modelled", (match, what) => {
    const table = tableOf({ match, route: { cluster: "c" } });
    expect(table.unmodelled).toHaveLength(1);
    expect(table.unmodelled[0]!.reason).toBe(`condition not modelled: ${what}`);
    expect(table.unmodelled[0]!.path).toMatch(/^config\.virtual_hosts\[0\]\.routes\[0\]\.match/);
  });

  test.each([
    [{ filter_action: {} }, "filter_action"],
    [{ route: { cluster_specifier_plugin: "x" } }, "cluster_specifier_plugin"],
  ])("action %j is not modelled", (action, what) => {
    const table = tableOf({ match: { prefix: "/" }, ...action });
    expect(table.unmodelled.map(({ reason }) => reason)).toEqual([`route action not modelled: ${what}`]);
  });

  test("a domain that appears twice is rejected", () => {
    const table = hostTableOf({ name: "a", domains: ["A.x"] }, { name: "b", domains: ["b.x", "a.X"] });
    expect(table.rejected).toEqual([
      {
        path: "config.virtual_hosts[1].domains[1]",
        reason: "domain a.X appears twice in route configuration table",
      },
    ]);
  });

  test.each([
    [{ clusters: [{ name: "a", weight: 0 }] }, "the sum of weights must be greater than 0"],
    [{ clusters: [{ name: "a", weight: 1 }, { name: "b" }] }, "a weighted cluster needs a weight"],
    [
      {
        clusters: [
          { name: "a", weight: 4294967295 },
          { name: "b", weight: 1 },
        ],
      },
      "the sum of weights exceeds 4294967295",
    ],
  ])("weights %j are rejected", (weighted, reason) => {
    const table = tableOf({ match: { prefix: "/" }, route: { weighted_clusters: weighted } });
    expect(table.rejected.map((problem) => problem.reason)).toEqual([reason]);
  });

  test("an expression that is not RE2 is rejected", () => {
    const table = tableOf({ match: { safe_regex: { regex: "(?=x)" } }, route: { cluster: "c" } });
    expect(table.rejected[0]!.path).toBe("config.virtual_hosts[0].routes[0].match.safe_regex");
  });
});
