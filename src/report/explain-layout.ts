/** No line is longer. */
export const WIDTH = 100;
const LABEL = 14;

const asItIs = (text: string): string => text;

/** A label and what there is to say, each piece broken between words where it is long. */
export function field(
  label: string,
  pieces: readonly string[],
  paint: (text: string) => string = asItIs,
): string[] {
  const lines = pieces.flatMap((piece) => wrapped(piece, WIDTH - LABEL));
  return lines.map((line, i) => `${(i === 0 ? label : "").padEnd(LABEL)}${paint(line)}`.trimEnd());
}

/** Colours take no room. */
function widthOf(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is how terminals are told of colours
  return text.replace(/\u001b\[[0-9;]*m/g, "").length;
}

/** Breaks between words; continued lines stand two to the right. A word that does not fit is cut. */
export function wrapped(text: string, width: number): string[] {
  if (widthOf(text) <= width) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/(?<= )/)) {
    if (line.trim() !== "" && widthOf(line) + widthOf(word.trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = "  ";
    }
    line += fitted(word, width - 2);
  }
  return [...lines, line];
}

/** Cut in the middle where it is too long, so that both its ends are seen. */
export function fitted(text: string, width = WIDTH): string {
  const length = widthOf(text);
  if (length <= width || length !== text.length) return text;
  const head = Math.ceil((width - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(length - (width - 1 - head))}`;
}

/** All columns to the left but those named, two blanks between them. */
export function aligned(rows: readonly (readonly string[])[], toTheRight: readonly number[] = []): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => widthOf(row[column]!))));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const blanks = " ".repeat(widths[column]! - widthOf(cell));
        return toTheRight.includes(column) ? blanks + cell : cell + blanks;
      })
      .join("  ")
      .trimEnd(),
  );
}
