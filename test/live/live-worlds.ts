import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import type { TestFiles } from "../support/run-scenario.ts";

/** Between which values a figure of the real world's runs lay, widened by their chance. */
export type Band = readonly [key: string, min: number, max: number];

/** A mesh that ran on the real Envoy 1.40.0: its files, and what its runs had in common. */
export interface LiveWorld {
  readonly name: string;
  readonly phenomenon: string;
  readonly files: TestFiles;
  readonly bands: readonly Band[];
}

/** Unpacks what scripts/pack-live-worlds.mjs has packed. */
export function liveWorlds(): readonly LiveWorld[] {
  const packed = readFileSync(new URL("worlds.json.br", import.meta.url));
  return JSON.parse(brotliDecompressSync(packed).toString("utf8")) as LiveWorld[];
}
