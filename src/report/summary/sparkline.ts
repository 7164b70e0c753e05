const bars = "▁▂▃▄▅▆▇█";

/**
 * One row of bars for values over time, `width` characters wide: the highest value of each stretch, from 0 to
 * the highest of all. A blank is a stretch without data; a zero is a `·`, so that the least trouble shows.
 */
export function sparkline(values: readonly (number | null)[], width: number): string {
  const columns = Array.from({ length: width }, (_, column) => highest(values, column, width));
  const top = Math.max(...columns.map((value) => value ?? 0));
  return columns
    .map((value) => {
      if (value === null) return " ";
      if (value <= 0) return "·";
      return bars[Math.min(bars.length - 1, Math.trunc((value / top) * bars.length))]!;
    })
    .join("");
}

function highest(values: readonly (number | null)[], column: number, width: number): number | null {
  const from = Math.trunc((column * values.length) / width);
  const to = Math.max(from + 1, Math.trunc(((column + 1) * values.length) / width));
  let best: number | null = null;
  for (const value of values.slice(from, to))
    if (value !== null && (best === null || value > best)) best = value;
  return best;
}
