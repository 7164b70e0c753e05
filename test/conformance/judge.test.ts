import { describe, expect, it } from "vitest";
import { probe } from "../../src/experiment/probe/probe.ts";
import type { ConformanceCase } from "./case.ts";
import { inputFiles, judge, type Probe } from "./judge.ts";
import { makeCase } from "./make-cases.ts";
import { placeOf } from "./network.ts";
import type { RecordedFiles } from "./record.ts";
import { count, emptyTally, describe as inWords, verdictOf } from "./report.ts";

const PLACE = placeOf({ octet: 100, release: () => {} }, "hash", 0);
const CASE = makeCase("s", "hash", 0, PLACE);

/** A recording as if Envoy did what meshsim does, except for a change of its results. */
function recordingOf(one: ConformanceCase, change: (rows: Record<string, unknown>[]) => void = () => {}) {
  const inputs = inputFiles(one, one.content.rules);
  const result = probe((name) => inputs.get(name)!, { seed: "1" });
  if (result.kind === "failed") throw new Error(result.reason);
  const files = new Map(result.files.map(({ name, text }) => [name, text]));
  const rows = files
    .get("results.jsonl")!
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  change(rows);
  files.set("expected.jsonl", rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return files as RecordedFiles;
}

const withStatus = (n: number, status: number) =>
  recordingOf(CASE, (rows) => {
    rows[n]!.status = status;
  });

describe("judging", () => {
  it("agrees with a recording of the same decisions", () => {
    expect(judge(CASE, [recordingOf(CASE)], probe).misses).toEqual([]);
  });

  it("finds a planted difference, and tells it with inputs and both answers", () => {
    const recordings = [withStatus(5, 418)];
    const judgement = judge(CASE, recordings, probe);
    expect(judgement.misses).toEqual(["status of 5: recorded [418], got [200]"]);
    const outcome = { one: CASE, judgement, recordings };
    const text = inWords(outcome, "/somewhere");
    expect(text).toContain(JSON.stringify(CASE.content.requests[5]));
    expect(text).toMatch(/Envoy {3}.*"status":418/);
    expect(text).toMatch(/meshsim .*"status":200/);
    const tally = emptyTally();
    count(tally, outcome);
    expect(tally).toMatchObject({ cases: 1, agree: 0, differ: 1, requests: CASE.content.requests.length });
  });

  it("does not compare what differs between recordings, and compares the rest", () => {
    const recordings = [withStatus(5, 200), withStatus(5, 418)];
    expect(judge(CASE, recordings, probe).misses).toEqual([]);
    expect(judge(CASE, [withStatus(6, 418), withStatus(6, 418)], probe).misses).toHaveLength(1);
  });

  it("does not compare times of requests that ended otherwise in another recording", () => {
    const rules = { exact: ["status"], range: [{ field: "duration_ms", below: 10, above: 10 }] };
    const timed = { ...CASE, content: { ...CASE.content, rules } };
    const ended = (ms: number, status: number) =>
      recordingOf(timed, (rows) => Object.assign(rows[5]!, { status, duration_ms: ms }));
    expect(judge(timed, [ended(50, 200)], probe).misses).toHaveLength(1);
    expect(judge(timed, [ended(50, 200), ended(50, 200)], probe).misses).toHaveLength(1);
    expect(judge(timed, [ended(0, 503), ended(50, 200)], probe).misses).toEqual([]);
    expect(judge(timed, [ended(0, 200), ended(50, 200)], probe).misses).toEqual([]);
  });

  it("compares counters that either side has", () => {
    const recorded = new Map(recordingOf(CASE));
    const stats = JSON.parse(recorded.get("stats.json")!);
    const name = `cluster.${CASE.content.clusters[0]!.name}.upstream_rq_total`;
    recorded.set("stats.json", JSON.stringify({ ...stats, [name]: undefined }));
    const [miss, ...others] = judge(CASE, [recorded], probe).misses;
    expect(miss).toMatch(new RegExp(`^stats ${name}: recorded 0, got \\d+$`));
    expect(others).toEqual([]);
  });

  it("says when meshsim refuses a case, and when it reports that it leaves something out", () => {
    const refusing: Probe = () => ({ kind: "failed", reason: "envoy.yaml:1:1: no" });
    const refused = judge(CASE, [recordingOf(CASE)], refusing);
    expect(refused.misses).toEqual(["meshsim refuses the case: envoy.yaml:1:1: no"]);
    const leavingOut: Probe = (read, options) => {
      const result = probe(read, options);
      const problem = { message: "x is not simulated" } as never;
      return result.kind === "failed" ? result : { ...result, notSimulated: [problem] };
    };
    const recordings = [withStatus(5, 418)];
    const judgement = judge(CASE, recordings, leavingOut);
    expect(verdictOf({ one: CASE, judgement, recordings })).toBe("not simulated");
  });
});
