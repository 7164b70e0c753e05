import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageVersion, Workplace } from "../support/command-line.ts";

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

const REQUEST = ["--request", "GET /cart host=shop.example x-user=7"];
const outputs = [[], ["--json"], ["--color"]];

describe("explain", () => {
  test.each(outputs)("ends with 0 when there is an explanation, with %s", (...output) => {
    const { code, stdout, stderr } = place.meshsim(["explain", "edge.envoy.yaml", ...REQUEST, ...output]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("10.0.0.");
  });

  test.each([
    ["a missing file", ["missing.yaml", ...REQUEST]],
    ["nothing to explain", ["edge.envoy.yaml"]],
    ["a wrong request", ["edge.envoy.yaml", "--request", "GET cart"]],
    ["an unknown cluster", ["edge.envoy.yaml", "--cluster", "chekout"]],
    ["an unknown listener", ["edge.envoy.yaml", ...REQUEST, "--listener", "x"]],
    ["an unknown member", ["edge.envoy.yaml", ...REQUEST, "--health", "10.9.9.9:1=degraded"]],
    ["an unknown setting", ["edge.envoy.yaml", ...REQUEST, "--set", "clusters[checkout].lb_polcy=RANDOM"]],
    ["a wrong count", ["edge.envoy.yaml", ...REQUEST, "--count", "0"]],
    ["a wrong scenario", ["wrong.yaml", ...REQUEST]],
    ["an unknown proxy", ["small.yaml", ...REQUEST, "--proxy", "egde"]],
  ])("ends with 2 for %s, under every format", (_, words) => {
    for (const output of outputs) {
      const { code, stdout, stderr } = place.meshsim(["explain", ...words, ...output]);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).not.toBe("");
    }
  });

  test("ends with 4 when standard output cannot be written", () => {
    expect(place.shell("$MESHSIM explain edge.envoy.yaml --cluster checkout > /dev/full").code).toBe(4);
    expect(place.shell("$MESHSIM explain edge.envoy.yaml --cluster checkout --json > /dev/full").code).toBe(
      4,
    );
  });

  test("says the same of a proxy of a scenario as of its configuration, with a seed of its own", () => {
    const explained = (file: string) =>
      JSON.parse(place.meshsim(["explain", file, ...REQUEST, "--json", "--count", "50"]).stdout);
    const [alone, inScenario] = [explained("edge.envoy.yaml"), explained("small.yaml")];
    expect([alone.seed, inScenario.seed, alone.schema, alone.meshsim]).toEqual(["1", "7", 1, packageVersion]);
    expect(inScenario.requests[0].routing).toEqual(alone.requests[0].routing);
    const exact = ({ requests }: typeof alone) =>
      requests[0].distribution.hosts.map(({ name, exact }: { name: string; exact: number }) => [name, exact]);
    expect(exact(inScenario)).toEqual(exact(alone));
  });

  test("gives the same bytes for the same seed, and no line wider than 100 columns", () => {
    const long = `GET /cart/${"x".repeat(300)} host=shop.example x-note="${"word ".repeat(60)}"`;
    const words = ["explain", "edge.envoy.yaml", "--request", long, "--count", "500", "--seed", "s"];
    const first = place.meshsim(words).stdout;
    expect(place.meshsim(words).stdout).toBe(first);
    for (const line of first.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });
});
