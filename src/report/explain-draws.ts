import { hexOfU64 } from "../hash/u64.ts";
import type { Draw } from "../random/recording64.ts";
import { aligned, field } from "./explain-layout.ts";
import type { Style } from "./style.ts";

/** Every random number that the first request took, in order, and what was made of it. */
export function formatDraws(draws: readonly Draw[], style: Style): string[] {
  if (draws.length === 0) return field("draws", ["none: nothing was left to chance"]);
  const rows = draws.map((draw) => [draw.purpose || "?", `0x${hexOfU64(draw)}`, reductionsOf(draw)]);
  return field(
    "draws",
    aligned([...rows]).map((line, i) => (rows[i]![2] === NOT_USED ? style.dim(line) : line)),
  );
}

const NOT_USED = "decides nothing here";

function reductionsOf({ purpose, reductions }: Draw): string {
  // Envoy reduces numbers in other ways too, of which nothing is told here.
  if (reductions.length === 0) return WHOLE.has(purpose) ? "as it is" : NOT_USED;
  return reductions
    .map(({ modulus, result, decides }) => {
      const what = decides === "" || decides === purpose ? "" : ` (${decides})`;
      return `mod ${modulus} = ${result}${what}`;
    })
    .join(", ");
}

/** What is drawn as a whole number of 64 bits. */
const WHOLE = new Set(["hash", "locality", "drop overload", "choice"]);
