import { CommandError, type ExitCode } from "./exit-code.ts";
import type { OutputDirectory } from "./output-directory.ts";

/**
 * Writes the files of a result (null: none are wanted), then prints it. Where a file cannot be written it is printed all the
 * same, without naming files, so that a full disk does not take the result of a long run; then that failure is thrown.
 * `code` is that of the verdict, with which a closed pipe ends the command.
 */
export async function writeThenPrint(
  directory: OutputDirectory | null,
  code: ExitCode,
  write: (directory: OutputDirectory) => void | Promise<void>,
  show: (written: OutputDirectory | null) => void,
): Promise<void> {
  process.exitCode = code;
  if (directory !== null) {
    try {
      await write(directory);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      process.exitCode = error.exitCode;
      show(null);
      throw error;
    }
  }
  show(directory);
}
