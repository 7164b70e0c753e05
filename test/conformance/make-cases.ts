import { Streams } from "../../src/random/streams.ts";
import type { ConformanceCase, Place } from "./case.ts";
import { Draw } from "./draw.ts";
import { KINDS } from "./kinds/kinds.ts";

/** Case `number` of a kind: its content depends on the seed, the kind, the number and the addresses only. */
export function makeCase(seed: string, kind: string, number: number, place: Place): ConformanceCase {
  const draw = new Draw(new Streams(seed).stream(`conformance ${kind}`, String(number)));
  return { id: `${kind}-${seed}-${number}`, kind, place, content: KINDS[kind]!.make(draw, place) };
}

/** How many cases of each kind there are among `cases`: equally many, the first kinds one more. */
export function sharesOf(kinds: readonly string[], cases: number): Map<string, number> {
  const each = Math.floor(cases / kinds.length);
  return new Map(kinds.map((kind, index) => [kind, each + (index < cases % kinds.length ? 1 : 0)]));
}
