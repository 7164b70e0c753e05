import { describe, expect, it } from "vitest";
import { type Headers, headOf } from "../../../test/support/heads.ts";
import { messageOf } from "../../../test/support/message.ts";
import type { JsonObject } from "../../decode/message.ts";
import type { RequestHead } from "../../http/request-head.ts";
import { compileRouteTable } from "./route-table.ts";

interface Levels {
  readonly action?: JsonObject;
  readonly route?: JsonObject;
  readonly virtualHost?: JsonObject;
  readonly table?: JsonObject;
}

/** The head that goes upstream. */
function rewritten(
  { action, route, virtualHost, table }: Levels,
  parts: Parameters<typeof headOf>[0] = {},
): RequestHead {
  const routes = [{ match: { prefix: "/" }, route: { cluster: "c", ...action }, ...route }];
  const virtual_hosts = [{ name: "v", domains: ["*"], routes, ...virtualHost }];
  const match = compileRouteTable(messageOf({ virtual_hosts, ...table })).match(headOf(parts), {
    mod: () => 0,
  });
  if (match.kind !== "route") throw new Error(match.kind);
  return match.route.rewrite(headOf(parts));
}

function add(key: string, value: string, append_action?: string): JsonObject {
  return { header: { key, value }, ...(append_action !== undefined && { append_action }) };
}

const sets = (value: string): JsonObject => ({
  request_headers_to_add: [add("x", value, "OVERWRITE_IF_EXISTS_OR_ADD")],
});

describe("headers of a request on its way upstream", () => {
  const xs: Headers = [["x", "old"]];
  it.each<[string, JsonObject, Headers, readonly string[] | undefined]>([
    ["are appended", add("X", "new"), xs, ["old", "new"]],
    ["are added", add("x", "new"), [], ["new"]],
    ["are left where they are", add("x", "new", "ADD_IF_ABSENT"), xs, ["old"]],
    ["are overwritten", add("x", "new", "OVERWRITE_IF_EXISTS_OR_ADD"), xs, ["new"]],
    ["are overwritten only where they are", add("x", "new", "OVERWRITE_IF_EXISTS"), [], undefined],
    ["take from the request", add("x", "<%REQ(:PATH)%>%%", "OVERWRITE_IF_EXISTS_OR_ADD"), xs, ["</a?b>%"]],
    ["take the other header", add("x", "%REQ(y?:authority):4%"), [], ["shop"]],
    ["are not added empty", add("x", "%REQ(y)%"), [], undefined],
    ["are added empty where that is wanted", { ...add("x", "%REQ(y)%"), keep_empty_value: true }, [], [""]],
  ])("%s", (_what, option, headers, expected) => {
    const head = rewritten({ route: { request_headers_to_add: [option] } }, { headers, path: "/a?b" });
    expect(head.headers.get("x")).toEqual(expected);
  });

  it("are removed before others are added", () => {
    const route = { request_headers_to_remove: ["X", "z"], ...sets("new") };
    const head = rewritten(
      { route },
      {
        headers: [
          ["x", "old"],
          ["z", "1"],
        ],
      },
    );
    expect([...head.headers]).toEqual([["x", ["new"]]]);
  });

  it("are changed by the route, its virtual host and the table in this order, or the other way round", () => {
    const levels = { route: sets("route"), virtualHost: sets("host"), table: sets("table") };
    expect(rewritten(levels).headers.get("x")).toEqual(["table"]);
    const table = { ...levels.table, most_specific_header_mutations_wins: true };
    expect(rewritten({ ...levels, table }).headers.get("x")).toEqual(["route"]);
  });
});

describe("the host of a request on its way upstream", () => {
  const headers: Headers = [["x-host", "other.test"]];
  it.each<[JsonObject, string]>([
    [{ host_rewrite_literal: "new.test" }, "new.test"],
    [{ host_rewrite_header: "X-Host" }, "other.test"],
    [{ host_rewrite_header: "x-none" }, "shop.example"],
    [
      { host_rewrite_path_regex: { pattern: { regex: "^/(\\w+)/.*$" }, substitution: "\\1.test" } },
      "eu.test",
    ],
  ])("%j: %s", (action, host) => {
    const head = rewritten({ action }, { headers, path: "/eu/a?b=/c" });
    expect(head.authority).toBe(host);
    const old = host === "shop.example" ? undefined : ["shop.example"];
    expect(head.headers.get("x-envoy-original-host")).toEqual(old);
  });

  it("may be told the server as well", () => {
    const action = { host_rewrite_literal: "new.test", append_x_forwarded_host: true };
    expect(rewritten({ action }).headers.get("x-forwarded-host")).toEqual(["shop.example"]);
    const before: Headers = [["x-forwarded-host", "a.test"]];
    expect(rewritten({ action }, { headers: before }).headers.get("x-forwarded-host")).toEqual([
      "a.test,shop.example",
    ]);
  });

  it("may come from a header that the route itself sets", () => {
    const route = { request_headers_to_add: [add("x-host", "set.test", "OVERWRITE_IF_EXISTS_OR_ADD")] };
    expect(rewritten({ action: { host_rewrite_header: "x-host" }, route }, { headers }).authority).toBe(
      "set.test",
    );
  });
});
