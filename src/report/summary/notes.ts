import type { Problem } from "../../decode/problem.ts";
import type { Style } from "../style.ts";
import type { Section } from "./section.ts";
import { moreLine } from "./section.ts";
import { clip } from "./text.ts";

/** Warnings and notes of the load, one line a kind: how many, and where the first are. */
export function noteSection(notes: readonly Problem[], style: Style): Section {
  const codes = [...new Set(notes.map(({ code }) => code))];
  const kinds = codes.map((code) => notes.filter((note) => note.code === code));
  return {
    rows: kinds.length,
    lines: (rows) => [
      ...kinds.slice(0, rows).map((problems) => `${style.warn("!")} ${clip(noteText(problems), 98)}`),
      ...moreLine(kinds.length, rows, "kinds of notes"),
    ],
  };
}

function noteText(problems: readonly Problem[]): string {
  const [first] = problems;
  if (problems.length === 1) return first!.path === "" ? first!.message : `${first!.path}: ${first!.message}`;
  const places = problems.map(({ path, message }) => path || message);
  return `${problems.length} times ${first!.code}: ${places.slice(0, 4).join(", ")}`;
}
