import { describe, expect, it } from "vitest";
import { headOf } from "../../../test/support/heads.ts";
import { messageOf } from "../../../test/support/message.ts";
import type { JsonObject } from "../../decode/message.ts";
import type { RequestHead } from "../../http/request-head.ts";
import { compileRouteTable, type RouteTable } from "./route-table.ts";

const sets = (value: string): JsonObject => ({
  request_headers_to_add: [
    { header: { key: "x", value }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" },
    { header: { key: "x-all", value } },
  ],
});

function tableOf(
  first: JsonObject,
  { table, action, route }: { readonly [level: string]: JsonObject } = {},
): RouteTable {
  const clusters = [
    { name: "a", weight: 50, ...first },
    { name: "b", weight: 50 },
  ];
  const routes = [
    { match: { prefix: "/" }, route: { weighted_clusters: { clusters }, ...action }, ...route },
  ];
  return compileRouteTable(messageOf({ virtual_hosts: [{ name: "v", domains: ["*"], routes }], ...table }));
}

/** The head that goes upstream when the stream id is this. */
function rewritten(table: RouteTable, streamId: number, head: RequestHead): RequestHead {
  const match = table.match(head, { mod: (n) => streamId % n });
  if (match.kind !== "route") throw new Error(match.kind);
  expect(table.routes).toContain(match.route);
  return match.route.rewrite(head);
}

// Envoy 1.40, test/common/router/config_impl_test.cc, TestWeightedClusterHeaderManipulation
describe("a weighted cluster", () => {
  it("changes headers and host of only those requests that go to it", () => {
    const table = tableOf({
      ...sets("a"),
      request_headers_to_remove: ["Y"],
      host_rewrite_literal: "new_host1",
    });
    const head = headOf({ headers: [["y", "1"]] });
    const toFirst = rewritten(table, 0, head);
    expect([...toFirst.headers].sort()).toEqual([
      ["x", ["a"]],
      ["x-all", ["a"]],
    ]);
    expect(toFirst.authority).toBe("new_host1");
    expect(rewritten(table, 0, head)).toBe(toFirst);
    expect(rewritten(table, 55, head)).toBe(head);
  });

  it.each([
    [false, "route"],
    [true, "route"],
  ])(
    "changes requests before the route does, also with most_specific_header_mutations_wins %s",
    (most, last) => {
      const table = tableOf(sets("a"), {
        route: sets("route"),
        table: { most_specific_header_mutations_wins: most },
      });
      const { headers } = rewritten(table, 0, headOf());
      expect(headers.get("x")).toEqual([last]);
      expect(headers.get("x-all")).toEqual(["a", "route"]);
    },
  );

  it("rewrites the host before its route, which tells the server of the host that it finds", () => {
    const table = tableOf({ host_rewrite_literal: "a.test" }, { action: { host_rewrite_literal: "r.test" } });
    const head = rewritten(table, 0, headOf());
    expect(head.authority).toBe("r.test");
    expect(head.headers.get("x-envoy-original-host")).toEqual(["a.test"]);
    const alone = rewritten(tableOf({ host_rewrite_literal: "a.test" }), 0, headOf());
    expect(alone.headers.has("x-envoy-original-host")).toBe(false);
  });

  it("that a header names changes requests as well", () => {
    const table = tableOf({ name: "", cluster_header: "x-to", ...sets("a") });
    const head = headOf({ headers: [["x-to", "z"]] });
    expect(rewritten(table, 0, head).headers.get("x")).toEqual(["a"]);
  });
});
