/** A part of the summary that can show fewer rows when there is little room. */
export interface Section {
  /** How many rows there are to show; none: the section is left out. */
  readonly rows: number;
  /** The lines with at most `rows` rows shown; fewer rows never take more lines. */
  lines(rows: number): string[];
}

/** Says how many rows were left out, or nothing when all are there. */
export function moreLine(total: number, shown: number, what: string): string[] {
  return total > shown ? [`  … and ${total - shown} more ${what}`] : [];
}

/**
 * The sections in their order, an empty line between them, in at most `height` lines: the one with the most
 * rows gives one up until all fit.
 */
export function fitSections(sections: readonly Section[], height: number): string[] {
  const shown = sections.map(({ rows }) => Math.min(rows, height));
  const fits = () => joinSections(sections, shown).length <= height;
  while (!fits() && Math.max(...shown) > 1) shown[shown.indexOf(Math.max(...shown))]!--;
  // To tell that one row is missing takes as much room as the row itself.
  sections.forEach(({ rows }, index) => {
    if (shown[index] !== rows - 1 || rows === 1) return;
    shown[index] = rows;
    if (!fits()) shown[index] = rows - 1;
  });
  return joinSections(sections, shown);
}

function joinSections(sections: readonly Section[], shown: readonly number[]): string[] {
  const parts = sections.filter(({ rows }) => rows > 0);
  const counts = shown.filter((_, index) => sections[index]!.rows > 0);
  return parts.flatMap((section, index) => [...(index > 0 ? [""] : []), ...section.lines(counts[index]!)]);
}
