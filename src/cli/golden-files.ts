import { existsSync, writeFileSync } from "node:fs";
import type { Golden } from "../report/golden/golden.ts";
import { formatGolden, goldenPathOf, readGolden } from "../report/golden/golden-file.ts";
import { CommandError, ExitCode } from "./exit-code.ts";
import { nodeFiles } from "./node-files.ts";

/** The golden summary of a scenario; undefined where there is none. One that cannot be read is an error of the input. */
export function readGoldenBeside(scenarioPath: string): Golden | undefined {
  const path = goldenPathOf(scenarioPath);
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  try {
    return readGolden(text);
  } catch (error) {
    const reason = (error as Error).message;
    throw new CommandError(
      ExitCode.badInput,
      `${path} is no golden summary (${reason}); write it again with meshsim test ${scenarioPath} --update`,
    );
  }
}

/** Writes a golden summary where it is not there as it is; answers whether it did. */
export function writeGoldenBeside(scenarioPath: string, golden: Golden): boolean {
  const path = goldenPathOf(scenarioPath);
  const text = formatGolden(golden);
  try {
    if (existsSync(path) && nodeFiles.read(path) === text) return false;
    writeFileSync(path, text);
  } catch (error) {
    throw new CommandError(ExitCode.notWritten, `cannot write ${path}: ${(error as Error).message}`);
  }
  return true;
}

function readIfThere(path: string): string | undefined {
  try {
    return nodeFiles.read(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new CommandError(ExitCode.badInput, `cannot read ${path}: ${(error as Error).message}`);
  }
}
