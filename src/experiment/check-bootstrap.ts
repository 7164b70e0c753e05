import { readBootstrap } from "../config/bootstrap.ts";
import { type Problem, Problems } from "../decode/problem.ts";
import { SourceFile } from "../decode/source-file.ts";
import { loadProxy } from "../simulation/load-proxy.ts";
import type { Files } from "./load-scenario.ts";

/** Every problem of an Envoy configuration on its own, and what of it is not simulated. */
export function checkBootstrap(
  path: string,
  files: Files,
): { readonly problems: readonly Problem[]; readonly sources: ReadonlyMap<string, SourceFile> } {
  const problems = new Problems();
  const source = new SourceFile(path, files.read(path));
  const read = readBootstrap(source, problems);
  if (!problems.hasErrors) loadProxy(path, read, [], problems);
  return { problems: problems.sorted(), sources: new Map([[path, source]]) };
}
