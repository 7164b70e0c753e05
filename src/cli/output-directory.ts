import { accessSync, constants, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { CommandError, ExitCode } from "./exit-code.ts";

/** Writes files into a directory, which is made when needed; a failure is told with its path. */
export class OutputDirectory {
  readonly directory: string;
  /** Names of the files written so far. */
  readonly files: string[] = [];

  constructor(directory: string) {
    this.directory = directory;
  }

  write(name: string, content: string): void {
    this.attempt(name, (path) => writeFileSync(path, content));
    this.files.push(name);
  }

  /** Takes a file away if it is there. */
  remove(name: string): void {
    this.attempt(name, (path) => rmSync(path, { force: true }));
  }

  /** The path of a file in the directory, which exists now. */
  prepare(name: string): string {
    const path = join(this.directory, name);
    this.attempt(name, () => {});
    this.files.push(name);
    return path;
  }

  private attempt(name: string, action: (path: string) => void): void {
    const path = join(this.directory, name);
    try {
      mkdirSync(this.directory, { recursive: true });
      action(path);
    } catch (error) {
      throw new CommandError(ExitCode.notWritten, `cannot write ${path}: ${reasonOf(error, this.directory)}`);
    }
  }
}

/** Of a read-only file system `mkdir` of several folders says ENOENT, which tells nobody what is wrong. */
function reasonOf(error: unknown, directory: string): string {
  let existing = resolve(directory);
  while (!existsSync(existing)) existing = dirname(existing);
  try {
    accessSync(existing, constants.W_OK);
  } catch (refusal) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return (refusal as Error).message;
  }
  return error instanceof Error ? error.message : String(error);
}
