import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
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
      makeDirectory(resolve(this.directory));
      action(path);
    } catch (error) {
      throw new CommandError(ExitCode.notWritten, `cannot write ${path}: ${reasonOf(error)}`);
    }
  }
}

/**
 * Makes a directory and what is missing above it, one after the other: Node's own recursive way never ends where a file
 * system such as /proc says ENOENT of a directory that may not be made, and tells ENOENT of one that is read-only.
 */
function makeDirectory(directory: string): void {
  if (existsSync(directory)) return;
  makeDirectory(dirname(directory));
  try {
    mkdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
