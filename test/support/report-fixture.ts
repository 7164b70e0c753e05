import type { Problem } from "../../src/decode/problem.ts";
import { judge } from "../../src/experiment/judge.ts";
import type { RunReport } from "../../src/report/run-report.ts";
import type { RunResult } from "../../src/simulation/result.ts";
import { expectation, makeResult } from "./result-fixture.ts";

const expectations = [
  expectation("web.success_rate >= 98%", ">=", 0.98, "web", "success_rate"),
  expectation("web.p99 < 250ms from 40s to 60s", "<", 250, "web", "p99"),
  expectation("edge.stats[x] == 0", "==", 0, "edge", "stats", "x"),
];

/** A report on a hand-made result: of three expectations the second fails. */
export function makeReport(result: RunResult = makeResult(), changes: Partial<RunReport> = {}): RunReport {
  return {
    version: "1.2.3",
    result,
    verdicts: changes.verdicts ?? judge(result, expectations),
    notes: [],
    windows: [],
    repeat: ["meshsim", "run", "scenarios/slow-hosts.yaml", "--seed", "7"],
    ...changes,
  };
}

/** A warning about configuration that is not simulated. */
export function notModelled(path: string): Problem {
  const location = { file: "edge.envoy.yaml", line: 3, column: 5, length: 4 };
  return {
    severity: "warning",
    code: "not-modelled",
    message: `${path} is not simulated`,
    remedy: "",
    path,
    location,
  };
}
