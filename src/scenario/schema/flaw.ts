import type { Location } from "../../decode/problem.ts";

/** What is wrong with a value. */
export interface Flaw {
  readonly ok: false;
  readonly code: string;
  /** A clause without the place, such as `"5 sec" is not a duration`. */
  readonly message: string;
  readonly remedy?: string;
  /** The offending characters, when the value is a text and not all of it is meant. */
  readonly start?: number;
  readonly end?: number;
  /** Where it is, when that is another file. */
  readonly location?: Location;
}

export type Read<T> = { readonly ok: true; readonly value: T } | Flaw;

export function flaw(
  code: string,
  message: string,
  more: Partial<Omit<Flaw, "ok" | "code" | "message">> = {},
): Flaw {
  return { ...more, ok: false, code, message };
}
