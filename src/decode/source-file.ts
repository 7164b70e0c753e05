import type { Location } from "./problem.ts";

/** A text with the name under which the user knows it. */
export class SourceFile {
  readonly name: string;
  readonly text: string;
  readonly #lineStarts: number[] = [0];

  constructor(name: string, text: string) {
    this.name = name;
    this.text = text;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#lineStarts.push(at + 1);
  }

  /** The location of the characters from `start` up to `end` (offsets into the text). */
  locate(start: number, end: number = start + 1): Location {
    let line = this.#lineStarts.length - 1;
    while (line > 0 && this.#lineStarts[line]! > start) line--;
    return {
      file: this.name,
      line: line + 1,
      column: start - this.#lineStarts[line]! + 1,
      length: Math.max(1, end - start),
    };
  }

  /** The text of a line, counted from 1; empty past the end. */
  line(number: number): string {
    const start = this.#lineStarts[number - 1];
    if (start === undefined) return "";
    const end = this.#lineStarts[number];
    return this.text.slice(start, end === undefined ? undefined : end - 1).replace(/\r$/, "");
  }
}
