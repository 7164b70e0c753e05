import { SourceFile } from "../decode/source-file.ts";
import { flaw, type Read } from "./schema/flaw.ts";

/**
 * Reads a file that a scenario names; the path is as written there, relative to the scenario file. Throws an
 * error with a `code` such as `ENOENT` where it cannot.
 */
export type ReadFile = (path: string) => string;

/** The file, or what stands in the way. */
export function openFile(readFile: ReadFile, path: string): Read<SourceFile> {
  try {
    return { ok: true, value: new SourceFile(path, readFile(path)) };
  } catch (error) {
    return flaw("missing-file", reason(path, error), { remedy: "paths are relative to the scenario file" });
  }
}

function reason(path: string, error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOENT" || code === "ENOTDIR") return `there is no file "${path}"`;
  if (code === "EISDIR") return `"${path}" is a folder, not a file`;
  if (code === "EACCES" || code === "EPERM") return `the file "${path}" may not be read`;
  return `the file "${path}" cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
