import { readBootstrap } from "../../config/bootstrap.ts";
import { type Problem, Problems } from "../../decode/problem.ts";
import { SourceFile } from "../../decode/source-file.ts";
import type { Nanoseconds } from "../../kernel/time.ts";
import { loadProxy } from "../../simulation/load-proxy.ts";
import { ProbeError, readCase } from "./read-case.ts";
import { HEAD_START, runProbe } from "./run-probe.ts";
import { type ProbeFile, recordingFiles } from "./write-recording.ts";

export interface ProbeOptions {
  /** Default 1. */
  readonly seed?: string;
  /** How long before the first request the proxy starts, in nanoseconds; default 65 ms. */
  readonly headStart?: Nanoseconds;
}

export type ProbeResult =
  | {
      readonly kind: "probed";
      readonly files: readonly ProbeFile[];
      /** What the configuration asks for and the simulation does otherwise. */
      readonly notSimulated: readonly Problem[];
    }
  /** The case cannot be run; the reason names the file. */
  | { readonly kind: "failed"; readonly reason: string };

/**
 * Sends the requests of a case through its configuration. `read` gives the text of a file of the case's folder
 * and throws where there is none; asked for are `envoy.yaml`, `upstreams.json`, `requests.jsonl` and `case.json`.
 */
export function probe(
  read: (name: string) => string,
  { seed = "1", headStart = HEAD_START }: ProbeOptions = {},
): ProbeResult {
  try {
    const probeCase = readCase(read);
    const problems = new Problems();
    const config = readBootstrap(new SourceFile("envoy.yaml", read("envoy.yaml")), problems);
    const proxy = loadProxy("proxy", config, [], problems);
    if (proxy === undefined) throw new ProbeError(firstError(problems));
    const recording = runProbe(proxy.config, probeCase, seed, headStart);
    return {
      kind: "probed",
      files: recordingFiles(recording, probeCase),
      notSimulated: problems.sorted().filter(({ code }) => code === "not-modelled"),
    };
  } catch (error) {
    if (error instanceof ProbeError || isMissingFile(error)) return { kind: "failed", reason: error.message };
    throw error;
  }
}

function firstError(problems: Problems): string {
  const { location, message } = problems.sorted().find(({ severity }) => severity === "error")!;
  return `${location.file}:${location.line}:${location.column}: ${message}`;
}

function isMissingFile(error: unknown): error is Error {
  return error instanceof Error && "code" in error;
}
