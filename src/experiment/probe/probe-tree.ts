import { type ProbeOptions, type ProbeResult, probe } from "./probe.ts";

/** The folders in which cases are looked for. */
export interface ProbeFolders {
  /** Names of the folders in a folder, in code-unit order. */
  foldersIn(path: string): readonly string[];
  hasFile(path: string, name: string): boolean;
  /** Throws an error with a `code` such as `ENOENT`. */
  read(path: string, name: string): string;
}

export interface ProbedCase {
  /** Its folders below the one that was given; none if that is the case. */
  readonly steps: readonly string[];
  readonly result: ProbeResult;
}

const INPUTS = ["envoy.yaml", "upstreams.json", "requests.jsonl", "case.json"];

/** Probes a case, or every case in the folders below: one has at least one of the files of a case. */
export function* probeTree(
  folders: ProbeFolders,
  path: string,
  options: ProbeOptions = {},
  steps: readonly string[] = [],
): Generator<ProbedCase> {
  if (INPUTS.some((name) => folders.hasFile(path, name))) {
    yield { steps, result: probe((name) => folders.read(path, name), options) };
    return;
  }
  for (const name of folders.foldersIn(path))
    yield* probeTree(folders, `${path}/${name}`, options, [...steps, name]);
}
