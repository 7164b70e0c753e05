import fc from "fast-check";
import { expect, test } from "vitest";
import { headOf } from "../../../test/support/heads.ts";
import { messageOf } from "../../../test/support/message.ts";
import type { JsonObject } from "../../decode/message.ts";
import type { RequestHead } from "../../http/request-head.ts";
import { compileRouteTable } from "./route-table.ts";

const text = fc.constantFrom("a", "b", "ab", "/a");
const pattern: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record({ exact: text }),
  fc.record({ prefix: text, ignore_case: fc.boolean() }),
  fc.record({ suffix: text }),
  fc.record({ contains: text }),
  fc.record({ safe_regex: fc.record({ regex: fc.constantFrom("a*", "[ab]", ".*") }) }),
);
const header: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record({ name: fc.constantFrom("x-a", "x-b"), string_match: pattern, invert_match: fc.boolean() }),
  fc.record({ name: fc.constantFrom("x-a", "x-b"), present_match: fc.boolean() }),
  fc.record({ name: fc.constant("x-a"), exact_match: text }),
);
const path: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record({ prefix: fc.constantFrom("/", "/a", "/A", "/a/b"), case_sensitive: fc.boolean() }),
  fc.record({ path: fc.constantFrom("/a", "/b") }),
  fc.record({ path_separated_prefix: fc.constantFrom("/a", "/a/b") }),
  fc.record({ safe_regex: fc.record({ regex: fc.constantFrom("/a.*", "/[ab]") }) }),
);
const fraction = fc.record({
  default_value: fc.record({ numerator: fc.nat(100), denominator: fc.constantFrom("HUNDRED", "MILLION") }),
});
const match: fc.Arbitrary<JsonObject> = fc
  .tuple(
    path,
    fc.record(
      {
        headers: fc.array(header, { maxLength: 2 }),
        query_parameters: fc.array(fc.record({ name: fc.constant("q"), string_match: pattern }), {
          maxLength: 1,
        }),
        runtime_fraction: fraction,
        tls_context: fc.constant({ presented: true }),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([own, further]) => ({ ...own, ...further }));
const action: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record({ route: fc.record({ cluster: fc.constantFrom("c", "d") }) }),
  fc.record({
    route: fc.record({
      weighted_clusters: fc.record({
        clusters: fc.tuple(
          fc.record({ name: fc.constant("c"), weight: fc.integer({ min: 1, max: 9 }) }),
          fc.record({ name: fc.constant("d"), weight: fc.nat(9) }),
        ),
      }),
    }),
  }),
  fc.record({ redirect: fc.record({ path_redirect: fc.constant("/elsewhere") }) }),
  fc.record({ direct_response: fc.record({ status: fc.constant(403) }) }),
);
const route = fc.tuple(match, action).map(([match, action]) => ({ match, ...action }));
const domains = ["*", "a.b", "*.b", "*b", "a.*", "a*"];
const table = fc
  .tuple(
    fc.shuffledSubarray(domains, { minLength: 1 }),
    fc.array(fc.record({ routes: fc.array(route, { maxLength: 5 }), tls: fc.boolean() }), {
      minLength: domains.length,
      maxLength: domains.length,
    }),
    fc.boolean(),
  )
  .map(([chosen, hosts, ignore_port_in_host_matching]) =>
    compileRouteTable(
      messageOf({
        name: "table",
        ignore_port_in_host_matching,
        virtual_hosts: chosen.map((domain, i) => ({
          name: `host of ${domain}`,
          domains: [domain],
          routes: hosts[i]!.routes,
          ...(hosts[i]!.tls && { require_tls: "ALL" }),
        })),
      }),
    ),
  );
const head: fc.Arbitrary<RequestHead> = fc
  .record({
    scheme: fc.constantFrom("http", "https"),
    authority: fc.constantFrom("a.b", "A.B", "x.b", "a.x", "b", "", "a.b:80", "z"),
    path: fc.constantFrom("/", "/a", "/A", "/ab", "/a/b?q=a", "/b?q=b", ""),
    headers: fc.array(fc.tuple(fc.constantFrom("x-a", "x-b"), text), { maxLength: 3 }),
  })
  .map(headOf);

test("an explanation ends with the decision that matching makes, and says why of every route", () => {
  fc.assert(
    fc.property(table, head, fc.nat(2 ** 31), (routes, head, id) => {
      const streamId = { mod: (n: number) => id % n };
      const match = routes.match(head, streamId);
      const told = routes.explain(head, streamId);
      expect(told.match).toEqual(match);
      expect(told.domains[0]?.virtualHost ?? null).toBe(routes.virtualHostOf(head));
      told.candidates.forEach(({ verdict, conditions }, i) => {
        expect(verdict === "taken").toBe(i === told.candidates.length - 1 && match.kind !== "none");
        const holds = conditions.map((condition) => condition.holds);
        expect(holds.slice(0, -1).every(Boolean)).toBe(true);
        if (verdict !== "not simulated") expect(holds.at(-1)).toBe(verdict !== "rejected");
      });
    }),
    { numRuns: 2000 },
  );
});

test("conditions are told with what the request has in their place", () => {
  const routes = [
    { match: { prefix: "/", headers: [{ name: "X-User", string_match: { exact: "7" } }] } },
    { match: { prefix: "/", query_parameters: [{ name: "q", present_match: true }] } },
    {
      match: {
        prefix: "/",
        headers: [{ name: "x-user", range_match: { start: 1, end: 5 }, invert_match: true }],
      },
    },
    { match: { path_separated_prefix: "/cart" } },
  ].map((each) => ({ ...each, route: { cluster: "c" } }));
  const compiled = compileRouteTable(
    messageOf({ name: "t", virtual_hosts: [{ name: "v", domains: ["*"], routes }] }),
  );
  const told = compiled.explain(headOf({ path: "/cartoon", headers: [["x-user", "3"]] }), { mod: () => 0 });
  expect(told.candidates.map(({ conditions }) => conditions.at(-1))).toEqual([
    { wants: 'header x-user is "7"', has: "x-user: 3", holds: false },
    { wants: "query parameter q is there", has: "no q", holds: false },
    { wants: "header x-user not: is a number from 1 to below 5", has: "x-user: 3", holds: false },
    { wants: 'path is "/cart" or below it', has: "/cartoon", holds: false },
  ]);
});
