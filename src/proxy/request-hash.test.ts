import { describe, expect, it } from "vitest";
import { type Headers, headOf } from "../../test/support/heads.ts";
import { messageOf } from "../../test/support/message.ts";
import type { JsonObject } from "../decode/message.ts";
import { moduloU64 } from "../hash/u64.ts";
import { xxHash64 } from "../hash/xxhash64.ts";
import { readRouteHash } from "./request-hash.ts";
import type { RouteTable } from "./routing/route-table.ts";
import { compileRouteTable } from "./routing/route-table.ts";
import { NO_RUNTIME } from "./runtime/runtime.ts";

/** One cluster for each remainder. */
const clusters = Array.from({ length: 10 }, (_, i) => ({ name: `c${i}`, weight: 1 }));

function tableOf(hash_policy: JsonObject[], weighted: JsonObject = { use_hash_policy: true }): RouteTable {
  const route = { hash_policy, weighted_clusters: { clusters, ...weighted } };
  const routes = [{ match: { prefix: "/" }, route }];
  const config = messageOf({ virtual_hosts: [{ name: "v", domains: ["*"], routes }] });
  return compileRouteTable(config, NO_RUNTIME, readRouteHash);
}

/** With 3 as the stream id. */
function clusterOf(table: RouteTable, headers: Headers, remoteAddress = ""): string {
  const streamId = { mod: (n: number) => 3 % n };
  const match = table.match(headOf({ headers }), streamId, "none", { remoteAddress });
  expect(table.explain(headOf({ headers }), streamId, "none", { remoteAddress }).match).toEqual(match);
  if (match.kind !== "route") throw new Error(match.kind);
  return match.cluster;
}

const clusterByHash = (text: string) => `c${moduloU64(xxHash64(text), 10)}`;
const byHeader = { header: { header_name: "X-User" } };

describe("weighted clusters by hash policy", () => {
  it.each(["ann", "bob", "cyd", "dan"])("the hash of %s chooses the cluster", (user) => {
    expect(clusterOf(tableOf([byHeader]), [["x-user", user]])).toBe(clusterByHash(user));
  });

  it("without a hash the stream id chooses", () => {
    expect(clusterOf(tableOf([byHeader]), [])).toBe("c3");
    expect(clusterOf(tableOf([]), [["x-user", "ann"]])).toBe("c3");
  });

  it("hash policies count only where they are asked for", () => {
    const table = tableOf([byHeader], { use_hash_policy: false });
    expect(clusterOf(table, [["x-user", "ann"]])).toBe("c3");
  });

  it("the address of who sent the request counts without its port, request by request", () => {
    const table = tableOf([{ connection_properties: { source_ip: true } }]);
    for (const ip of ["10.0.0.1", "10.0.0.2", "10.0.0.9"])
      expect(clusterOf(table, [], `${ip}:4711`)).toBe(clusterByHash(ip));
    expect(clusterOf(table, [])).toBe("c3");
  });

  it("a cookie that is missing is not made, as no answer could carry it", () => {
    const table = tableOf([{ cookie: { name: "session", ttl: "60s" } }]);
    expect(clusterOf(table, [["cookie", "session=s1"]], "10.0.0.1:1")).toBe(clusterByHash("s1"));
    expect(clusterOf(table, [], "10.0.0.1:1")).toBe("c3");
  });
});
