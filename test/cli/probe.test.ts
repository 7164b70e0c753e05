import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Workplace } from "../support/command-line.ts";

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
  writeCase("cases/good");
  writeCase("cases/deeper/also-good");
  writeCase("bad");
  place.write("bad/requests.jsonl", "{\n");
  mkdirSync(join(place.path, "empty"));
});
afterAll(() => place.remove());

function writeCase(folder: string): void {
  mkdirSync(join(place.path, folder), { recursive: true });
  place.write(`${folder}/envoy.yaml`, place.read("edge.envoy.yaml"));
  place.write(`${folder}/upstreams.json`, JSON.stringify({ "10.0.0.1:8080": { default: { status: 200 } } }));
  place.write(
    `${folder}/requests.jsonl`,
    `${JSON.stringify({ n: 0, authority: "shop.example", path: "/cart" })}\n`,
  );
  place.write(`${folder}/case.json`, JSON.stringify({ mode: "sequential" }));
}

const has = (...steps: string[]) => existsSync(join(place.path, ...steps));

describe("probe", () => {
  test("prints a table, or writes the tree of the cases, and ends with 0", () => {
    const shown = place.meshsim(["probe", "cases"]);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain("deeper/also-good");
    const written = place.meshsim(["probe", "cases", "--out", "out"]);
    expect([written.code, written.stdout]).toEqual([0, ""]);
    for (const name of ["results.jsonl", "stats.json", "responses.jsonl", "upstream.jsonl"])
      expect([has("out/good", name), has("out/deeper/also-good", name)]).toEqual([true, true]);
  });

  test("goes on after a case that cannot run, leaves its reason there, and ends with 2 in every way of output", () => {
    writeCase("mixed/good");
    writeCase("mixed/bad");
    place.write("mixed/bad/case.json", "{}");
    const shown = place.meshsim(["probe", "mixed"]);
    expect(shown.code).toBe(2);
    expect(shown.stderr).toContain("case.json");
    expect(place.meshsim(["probe", "mixed", "--out", "mixed-out"]).code).toBe(2);
    expect(place.read("mixed-out/bad/error.txt")).toContain("case.json: mode");
    expect(has("mixed-out/good/results.jsonl")).toBe(true);
  });

  test.each([["missing"], ["empty"], ["bad"]])("ends with 2 for the folder %s", (folder) => {
    const { code, stderr } = place.meshsim(["probe", folder]);
    expect(code).toBe(2);
    expect(stderr).toContain(folder);
  });

  test("replaces what an earlier probe of the case has written, and nothing else", () => {
    writeCase("again");
    place.meshsim(["probe", "again", "--out", "again-out"]);
    place.write("again-out/ejections.jsonl", "old\n");
    place.write("again-out/notes.txt", "mine\n");
    place.write("again/case.json", JSON.stringify({ mode: "sequential", also_recorded: [] }));
    expect(place.meshsim(["probe", "again", "--out", "again-out"]).code).toBe(0);
    const left = ["results.jsonl", "responses.jsonl", "upstream.jsonl", "ejections.jsonl", "notes.txt"];
    expect(left.filter((name) => has("again-out", name))).toEqual(["results.jsonl", "notes.txt"]);
    rmSync(join(place.path, "again/case.json"));
    expect(place.meshsim(["probe", "again", "--out", "again-out"]).code).toBe(2);
    expect([has("again-out/error.txt"), has("again-out/results.jsonl")]).toEqual([true, false]);
    writeCase("again");
    place.meshsim(["probe", "again", "--out", "again-out"]);
    expect([has("again-out/error.txt"), has("again-out/results.jsonl")]).toEqual([false, true]);
  });

  test("ends with 4 when output cannot be written", () => {
    place.write("file", "");
    expect(place.meshsim(["probe", "cases", "--out", "file/below"]).code).toBe(4);
    expect(place.shell("$MESHSIM probe cases > /dev/full").code).toBe(4);
  });
});
