import { expect, test } from "vitest";
import { loadScenario } from "./load-scenario.ts";

const scenario = `name: small
duration: 2s
proxies:
  edge: { config: edge.yaml, address: 10.1.0.1 }
services:
  admin: { cluster: checkout }
clients:
  web: { to: edge, arrivals: { poisson: 200/s }, request: { authority: shop.example, path: /cart } }
variants:
  other: { set: { "edge:clusters[checkout].lb_policy": RANDOM } }
`;

const envoy = `static_resources:
  clusters:
    - name: checkout
      lb_policy: ROUND_ROBIN
      load_assignment: { cluster_name: checkout }
`;

function problemsOf(files: Readonly<Record<string, string>>, path = "s.yaml"): string[] {
  const { problems, loaded } = loadScenario(path, {
    read: (name) => {
      if (files[name] !== undefined) return files[name];
      throw Object.assign(new Error(`no ${name}`), { code: "ENOENT" });
    },
    beside: (_, name) => name,
  });
  expect(loaded).toBeUndefined();
  return problems.map(({ location: { file, line }, code }) => `${file}:${line} ${code}`);
}

const badEnvoy = envoy.replace("lb_policy", "lb_polcy");

test("what is wrong in the scenario hides nothing of what is wrong in its Envoy files", () => {
  const typo = scenario.replace("duration: 2s", "duration: 2");
  expect(problemsOf({ "s.yaml": typo, "edge.yaml": badEnvoy })).toEqual([
    "edge.yaml:4 unknown-field",
    "s.yaml:2 wrong-unit",
  ]);
  const dangling = scenario.replace("to: edge", "to: egde");
  expect(problemsOf({ "s.yaml": dangling, "edge.yaml": badEnvoy })).toEqual([
    "edge.yaml:4 unknown-field",
    "s.yaml:8 dangling-name",
  ]);
});

test("nor of what a variant sets in them", () => {
  const typos = scenario.replace("duration: 2s", "duration: 2").replace("[checkout]", "[chekout]");
  expect(problemsOf({ "s.yaml": typos, "edge.yaml": envoy })).toEqual([
    "s.yaml:2 wrong-unit",
    "s.yaml:10 no-match",
  ]);
});

test("an Envoy configuration in the place of a scenario is called that", () => {
  expect(problemsOf({ "edge.yaml": envoy }, "edge.yaml")).toEqual(["edge.yaml:1 not-a-scenario"]);
});
