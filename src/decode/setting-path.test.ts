import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { valueAt } from "./json-tree.ts";
import type { Json } from "./message.ts";
import { setAll } from "./set-all.ts";
import { type PathOptions, resolveSettingPath } from "./setting-path.ts";

const bootstrap: Json = {
  static_resources: {
    listeners: [
      {
        name: "main",
        virtual_hosts: [
          { name: "a", routes: [{ name: "cart", route: { cluster: "checkout" } }, { name: "rest" }] },
          {
            name: "b",
            routes: [
              { name: "rest", route: { weighted_clusters: { clusters: [{ name: "canary", weight: 1 }] } } },
            ],
          },
        ],
      },
    ],
    clusters: [
      { name: "checkout", lb_policy: "RANDOM", circuit_breakers: { thresholds: [{ max_retries: 3 }] } },
      { name: "canary", load_assignment: { cluster_name: "eds:canary.1" } },
    ],
    extensions: { "envoy.filters.http.fault": { abort: 1 } },
  },
};

function resolve(path: string, options?: PathOptions) {
  const resolved = resolveSettingPath(bootstrap, path, options);
  return resolved.ok ? resolved.paths.map((each) => each.join("/")) : resolved;
}

describe("a path means", () => {
  const checkout = "static_resources/clusters/0";
  const vhosts = "static_resources/listeners/0/virtual_hosts";
  test.each([
    ["clusters[checkout].lb_policy", [`${checkout}/lb_policy`]],
    ["static_resources.clusters[canary].lb_policy", ["static_resources/clusters/1/lb_policy"]],
    // Without its beginning this could be the weighted cluster too.
    [
      "static_resources.clusters[*].name",
      ["static_resources/clusters/0/name", "static_resources/clusters/1/name"],
    ],
    ["routes[cart].route.retry_policy.num_retries", [`${vhosts}/0/routes/0/route/retry_policy/num_retries`]],
    ["virtual_hosts[b].routes[rest].name", [`${vhosts}/1/routes/0/name`]],
    ["listeners[main].routes[cart].name", [`${vhosts}/0/routes/0/name`]],
    [
      "clusters[checkout].thresholds[0].max_retries",
      [`${checkout}/circuit_breakers/thresholds/0/max_retries`],
    ],
    [
      "extensions[envoy.filters.http.fault].abort",
      ["static_resources/extensions/envoy.filters.http.fault/abort"],
    ],
    ["virtual_hosts[*].name", [`${vhosts}/0/name`, `${vhosts}/1/name`]],
    [
      "routes[*].name",
      [`${vhosts}/0/routes/0/name`, `${vhosts}/0/routes/1/name`, `${vhosts}/1/routes/0/name`],
    ],
    ["virtual_hosts[*].routes[rest].name", [`${vhosts}/0/routes/1/name`, `${vhosts}/1/routes/0/name`]],
    // Only one virtual host has it; the other is passed over.
    ["virtual_hosts[*].routes[cart].name", [`${vhosts}/0/routes/0/name`]],
    ["weight", [`${vhosts}/1/routes/0/route/weighted_clusters/clusters/0/weight`]],
    ["virtual_hosts[a].thresholds[0].x", [`${vhosts}/0/thresholds/0/x`]],
  ])("%s", (path, paths) => {
    expect(resolve(path)).toEqual(paths);
  });

  test("what may stand at the root, even where it is missing there", () => {
    expect(resolve("name", { rootKeys: ["name"] })).toEqual(["name"]);
    expect(resolve("admin.x", { rootKeys: ["admin"] })).toEqual(["admin/x"]);
  });

  test("of several places those where it is possible", () => {
    const fits = (path: readonly (string | number)[]) => !path.includes("weighted_clusters");
    expect(resolve("clusters[canary].lb_policy", { fits })).toEqual([
      "static_resources/clusters/1/lb_policy",
    ]);
    expect(resolve("clusters[*].lb_policy", { fits })).toHaveLength(2);
  });
});

describe("a path is refused", () => {
  test.each([
    [
      "clusters[canary].lb_policy",
      "several-matches",
      "can mean 2 places: static_resources.clusters[1].lb_policy, static_resources.listeners[0]",
    ],
    ["routes[rest].name", "several-matches", "can mean 2 places"],
    ["name", "several-matches", "can mean 9 places"],
    ["routes[0].name", "several-matches", "can mean 2 places"],
    ["clusters[chekout].lb_policy", "no-match", 'has the name "chekout" (did you mean "checkout"?)'],
    ["clusters[zzz].lb_policy", "no-match", 'has the name "zzz"; there is checkout, canary'],
    ["cluster[checkout].lb_policy", "no-match", 'there is no list "cluster" (did you mean "clusters"?)'],
    [
      "static_resourcs.clusters",
      "no-match",
      'there is no "static_resourcs" (did you mean "static_resources"?)',
    ],
    [
      "static_resources.clusters.lb_policy",
      "no-match",
      "is a list; choose of it by static_resources.clusters[NAME]",
    ],
    ["virtual_hosts[7].name", "no-match", "no [7]: elements count from 0, and there are 2"],
    ["clusters[checkout].lb_policy.x", "no-match", 'is "RANDOM" and has no "x" inside'],
    ["clusters[checkout]lb_policy", "path-syntax", 'a "." is wanted here'],
    ["clusters[checkout", "path-syntax", 'a "]" is missing'],
    ["clusters[].x", "path-syntax", "the brackets need a name"],
    ["clusters[checkout]..x", "path-syntax", "a field name is missing"],
    ["", "path-syntax", "the path is empty"],
    ["clusters[checkout].__proto__.x", "path-syntax", "a field name is missing or wrong"],
  ])("%j: %s", (path, code, message) => {
    expect(resolve(path)).toMatchObject({ ok: false, code, message: expect.stringContaining(message) });
  });

  test("with the offending characters", () => {
    expect(resolve("clusters[checkout].thresholds[x].y")).toMatchObject({ start: 19, end: 32 });
  });

  test("where a name of the scenario is missing on the way", () => {
    const scenario: Json = { clients: { web: { to: "edge" } } };
    const options = { namedMaps: ["clients"] };
    expect(resolveSettingPath(scenario, "clients.wbe.timeout", options)).toMatchObject({
      message: 'there is no "wbe" in clients (did you mean "web"?)',
    });
    expect(resolveSettingPath(scenario, "clients.second", options).ok).toBe(true);
  });
});

describe("setting a value", () => {
  test("creates what is missing and leaves the original as it is", () => {
    const before = JSON.stringify(bootstrap);
    const path = ["static_resources", "clusters", 1, "circuit_breakers", "thresholds", 0, "max_retries"];
    const after = setAll(bootstrap, [path], 7);
    expect(valueAt(after, path.slice(0, 4))).toEqual({ thresholds: [{ max_retries: 7 }] });
    expect(JSON.stringify(bootstrap)).toBe(before);
    expect(valueAt(after, ["static_resources", "listeners"])).toBe(
      valueAt(bootstrap, ["static_resources", "listeners"]),
    );
  });

  test("null removes, also several elements of one list and what is not there", () => {
    const list: Json = { a: [{ n: 0 }, { n: 1 }, { n: 2 }], b: 1 };
    expect(
      setAll(
        list,
        [
          ["a", 0],
          ["a", 2],
        ],
        null,
      ),
    ).toEqual({ a: [{ n: 1 }], b: 1 });
    expect(setAll(list, [["b"]], null)).toEqual({ a: list.a });
    expect(setAll(list, [["c", "d"]], null)).toEqual(list);
  });

  test("is what is found there afterwards", () => {
    const step = fc.constantFrom<string | number>("a", "b", 0);
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 5 }), fc.integer(), (rest, value) => {
        const path = ["root", ...rest];
        expect(valueAt(setAll({}, [path], value), path)).toBe(value);
      }),
    );
  });
});
