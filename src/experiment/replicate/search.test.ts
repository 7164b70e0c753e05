import { describe, expect, test } from "vitest";
import { inMemory } from "../../../test/support/run-scenario.ts";
import { scenarioFiles } from "../../../test/support/small-world.ts";
import type { Request } from "../../http/request.ts";
import type { FirstDifferences } from "../compare/first-difference.ts";
import { loadScenario } from "../load-scenario.ts";
import { simulate, variantOf } from "../simulate.ts";
import type { RequestStory } from "../story/request-story.ts";
import { ToldRun } from "../story/told-run.ts";
import { firstPartThatDiffers } from "./outcome-marks.ts";
import { RecordedFiles } from "./recorded-files.ts";
import { LoadedStudy, runJob } from "./run-job.ts";
import type { Study } from "./study.ts";

const broken = "faults: [ { at: 1s, for: 300ms, service: api, hosts: 1, errors: { 503: 100% } } ]\n";
const dead = "faults: [ { at: 1s, for: 300ms, service: api, hosts: 1, down: true } ]\n";
const closed: readonly [string, string] = ["{ poisson: 150/s }", "{ closed: { users: 4, think: 20ms } }"];

/** A small world with a text replaced, and with a setting. */
const cases: readonly (readonly [
  kind: string,
  more: string,
  replaced: readonly [string, string],
  setting: string,
])[] = [
  ["failures from the middle on", broken, ["2s", "2s"], "faults=[]"],
  ["connections that break", dead, ["2s", "2s"], "faults=[]"],
  ["another policy", broken, ["2s", "2s"], "edge:clusters[api].lb_policy=RANDOM"],
  ["times alone", "", ["2s", "2s"], "services.api.time=9ms"],
  ["another rate", broken, ["2s", "2s"], "clients.web.arrivals.poisson=200/s"],
  ["users who wait for answers of another length", broken, closed, "services.api.time=9ms"],
  ["users who fail later", broken, closed, "faults[0].at=1500ms"],
];

describe.each(cases)("between two runs with %s", (_, more, [from, to], setting) => {
  const written = scenarioFiles(more);
  const files = new RecordedFiles(
    inMemory({ ...written, "scenario.yaml": written["scenario.yaml"]!.replace(from, to) }),
  );
  const options = { varied: [{ name: "other", settings: [setting] }] };
  const { loaded, problems } = loadScenario("scenario.yaml", files, options);
  expect(problems).toEqual([]);
  const study: Study = {
    files: files.texts,
    loads: [{ path: "scenario.yaml", options }],
    arms: [null, "other"].map((variant) => ({ name: variant ?? "base", load: 0, variant, metrics: [] })),
  };
  const loadedStudy = new LoadedStudy(study, (_file, name) => name);
  const runs = [0, 1].map((arm) => runJob(loadedStudy, { arm, replication: 0, marks: true }));
  const { duration } = variantOf(loaded!, null).plan.scenario;

  test("marks change neither", () => {
    const plain = [null, "other"].map((variant) => simulate(loaded!, { variant }).digest);
    expect(runs.map(({ digest }) => digest)).toEqual(plain);
  });

  test.each(["outcome", "host"] as const)("the first other %s is found as among all stories", (what) => {
    const [base, other] = [null, "other"].map((variant) => {
      const stories = new Map<string, RequestStory>();
      const hear = ({ keyHigh, keyLow }: Request, story: RequestStory) =>
        stories.set(`${keyHigh} ${keyLow}`, story);
      new ToldRun({ scenario: loaded!, variant }, { wants: () => true, hear }).run.advance();
      return stories;
    });
    const isOther = (a: RequestStory, b: RequestStory) =>
      what === "host" ? a.lastHost !== b.lastHost : fateOf(a) !== fateOf(b);
    const pairs = [...base!].flatMap(([key, story]) => {
      const its = other!.get(key);
      return its !== undefined && isOther(story, its) ? [{ from: story, of: its }] : [];
    });
    pairs.sort((a, b) => a.from.wantedAt - b.from.wantedAt);
    const field = `${what}s` as const;
    const since = firstPartThatDiffers(runs[0]!.marks![field], runs[1]!.marks![field], duration);
    expect(search(what, since)).toEqual(pairs[0]);
    if (since !== undefined)
      for (const { from, of } of pairs) {
        expect(Math.min(from.wantedAt, of.wantedAt)).toBeGreaterThanOrEqual(since);
      }
  });

  function search(what: keyof FirstDifferences, since: number | undefined) {
    if (since === undefined) return undefined;
    return runJob(loadedStudy, { arm: 1, replication: 0, search: { from: 0, what, since } }).difference;
  }
});

function fateOf({ status, flags, attempts }: RequestStory): string {
  return [status, ...flags, attempts].join(" ");
}
