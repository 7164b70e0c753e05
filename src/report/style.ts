/** How to set off parts of a text on a terminal; a style never changes the width of what it is given. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
}

const asItIs = (text: string): string => text;

/** Text without any colour. */
export const plainStyle: Style = { bold: asItIs, dim: asItIs, good: asItIs, bad: asItIs, warn: asItIs };
