import { expect, test } from "vitest";
import { loadTestScenario } from "../../../test/support/run-scenario.ts";
import { scenarioFiles } from "../../../test/support/small-world.ts";
import { simulate } from "../simulate.ts";
import { tellRequests } from "../story/tell-requests.ts";
import { FateRecorder, MARKS } from "./fates.ts";

const broken = "faults: [ { at: 1s, for: 300ms, service: api, hosts: 1, errors: { 503: 100% } } ]\n";

function record(files = scenarioFiles(broken)) {
  const scenario = loadTestScenario(files);
  const { duration } = scenario.variants[0]!.plan.scenario;
  const recorder = new FateRecorder(["web"], duration);
  const result = simulate(scenario, { journal: recorder });
  return { scenario, result, fates: recorder.fates[0]! };
}

test("fates are those that the result counts, and noting them changes nothing", () => {
  const { scenario, result, fates } = record();
  expect(result).toEqual(simulate(scenario));
  const status = result.clients[0]!.status;
  for (const [key, count] of status) {
    const own = fates.fates.filter((kind) => fates.kinds[kind]!.split(/[ ,]/)[0] === key);
    expect(own.length).toBe(count);
  }
  expect(fates.fates.length).toBe(result.clients[0]!.requests);
  expect(status.length).toBeGreaterThan(1);
});

test("marks are the same up to the first part of the duration in which requests end otherwise", () => {
  const [with503, without] = [record().fates, record(scenarioFiles()).fates];
  expect(with503.arrivals).toBe(without.arrivals);
  const first = with503.marks.findIndex((mark, index) => mark !== without.marks[index]);
  // The fault begins at half of the duration; answers with errors take as long, so only their hosts' draws differ.
  expect(first === -1 || first >= MARKS / 2 - 2).toBe(true);
  const other = record({
    ...scenarioFiles(),
    "scenario.yaml": scenarioFiles()["scenario.yaml"]!.replace("10ms", "11ms"),
  });
  expect(other.fates.marks[0]).not.toBe(without.marks[0]);
});

test("a request is told as it fared", () => {
  const { scenario, fates } = record();
  const failed = fates.fates.findIndex((kind) => fates.kinds[kind]!.startsWith("503"));
  const [story, ...others] = tellRequests(scenario, null, [
    { client: "web", ordinal: failed },
    { client: "web", ordinal: 1_000_000 },
  ]);
  expect(others).toEqual([]);
  expect(story).toMatchObject({ client: "web", ordinal: failed, status: "503", attempts: 1 });
  expect(story!.wantedAt).toBeGreaterThan(0.9e9);
});
