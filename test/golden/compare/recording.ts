/** The inputs and outputs of one case, as read from files. */

export type Row = Readonly<Record<string, unknown>>;

/** What was recorded of a case, by the real Envoy or by a probe. */
export interface Recording {
  /** One for each request, in their order. */
  readonly results: readonly Row[];
  readonly stats: Readonly<Record<string, number>>;
  readonly ejections: readonly Row[];
  readonly health: readonly Row[];
  readonly responses: readonly Row[];
  readonly upstream: readonly Row[];
  readonly mirrors: readonly Row[];
}

/** Reads a recording out of the texts of its files; a file that is missing holds nothing. */
export function readRecording(files: ReadonlyMap<string, string>, resultsFile: string): Recording {
  const rows = (name: string): Row[] =>
    (files.get(name) ?? "")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  return {
    results: rows(resultsFile),
    stats: JSON.parse(files.get("stats.json") ?? "{}"),
    ejections: rows("ejections.jsonl"),
    health: rows("health.jsonl"),
    responses: rows("responses.jsonl"),
    upstream: rows("upstream.jsonl"),
    mirrors: rows("mirrors.jsonl"),
  };
}
