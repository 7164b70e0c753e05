import { writeSync } from "node:fs";
import { CommandError, ExitCode } from "./exit-code.ts";

/** The reader of standard output has gone; the command ends quietly with the code of the verdict so far. */
export class ClosedPipe extends Error {}

const STDOUT = 1;
const PAUSE_MS = 5;
const pause = new Int32Array(new SharedArrayBuffer(4));

/** Writes all of it to standard output before it returns. */
export function print(text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(STDOUT, bytes, written);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "EPIPE") throw new ClosedPipe();
      if (code === "EAGAIN") {
        // A pipe that does not block is full: its reader is slower than we are.
        Atomics.wait(pause, 0, 0, PAUSE_MS);
      } else {
        throw new CommandError(
          ExitCode.notWritten,
          `cannot write to standard output: ${(error as Error).message}`,
        );
      }
    }
  }
}
