import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import { type Recording, type Row, readRecording } from "./compare/recording.ts";
import type { Rules } from "./compare/rules.ts";

/** One packed case: the files that a probe reads, what the real Envoy did, and the rules that compare. */
export interface GoldenCase {
  readonly name: string;
  readonly about: string;
  readonly rules: Rules;
  /** The text of one of the inputs; throws where there is none. */
  readonly read: (name: string) => string;
  readonly recorded: Recording;
}

interface Columns {
  readonly rows: number;
  readonly columns: Readonly<Record<string, readonly unknown[]>>;
}

interface PackedCase {
  readonly name: string;
  readonly about: string;
  readonly case: { readonly compare: Rules };
  readonly envoy: string;
  readonly upstreams: unknown;
  readonly requests: Columns;
  readonly results: Columns;
  readonly stats: unknown;
  readonly further: Readonly<Record<string, Columns>>;
}

/** Unpacks a category; scripts/pack-recordings.mjs has packed it. */
export function goldenCases(category: string): GoldenCase[] {
  const packed = readFileSync(new URL(`recordings/${category}.json.br`, import.meta.url));
  const cases = JSON.parse(brotliDecompressSync(packed).toString("utf8")) as PackedCase[];
  return cases.map(unpack);
}

function unpack(packed: PackedCase): GoldenCase {
  const inputs = new Map([
    ["case.json", JSON.stringify(packed.case)],
    ["envoy.yaml", packed.envoy],
    ["upstreams.json", JSON.stringify(packed.upstreams)],
    ["requests.jsonl", lines(packed.requests)],
  ]);
  const recorded = new Map([
    ["expected.jsonl", lines(packed.results)],
    ["stats.json", JSON.stringify(packed.stats)],
  ]);
  for (const [name, columns] of Object.entries(packed.further)) recorded.set(`${name}.jsonl`, lines(columns));
  return {
    name: packed.name,
    about: packed.about,
    rules: packed.case.compare,
    read: (name) => inputs.get(name)!,
    recorded: readRecording(recorded, "expected.jsonl"),
  };
}

function lines({ rows, columns }: Columns): string {
  const names = Object.keys(columns);
  return Array.from({ length: rows }, (_, index) => {
    const row: Row = Object.fromEntries(
      names.map((name) => [name, columns[name]![index]]).filter(([, value]) => value !== null),
    );
    return `${JSON.stringify(row)}\n`;
  }).join("");
}
