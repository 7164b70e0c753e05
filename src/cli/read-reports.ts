import { readTestJson } from "../report/test/json.ts";
import type { TestReport } from "../report/test/test-report.ts";
import { CommandError, ExitCode } from "./exit-code.ts";
import { nodeFiles } from "./node-files.ts";

/** Reads what `--reporter json` wrote for each shard. */
export function readReports(paths: readonly string[]): TestReport[] {
  return paths.map((path) => {
    try {
      return readTestJson(nodeFiles.read(path));
    } catch (error) {
      const reason = (error as Error).message;
      throw new CommandError(
        ExitCode.badInput,
        `${path} is no report of meshsim test (${reason}); make it with --reporter json --outfile FILE`,
      );
    }
  });
}
