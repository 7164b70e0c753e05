import type { Message } from "../../decode/message.ts";
import type { TextTest } from "../matching/string-matcher.ts";

const LEAST = -(1n << 63n);
const MOST = (1n << 63n) - 1n;

/** Compiles a `type.v3.Int64Range`: the text is a signed 64-bit decimal number in [start, end). */
export function int64Range(range: Message): TextTest {
  const start = bound(range, "start");
  const end = bound(range, "end");
  return (text) => {
    const value = parseInt64(text);
    return value !== undefined && value >= start && value < end;
  };
}

function bound(range: Message, field: string): bigint {
  return BigInt((range.raw(field) as string | number | undefined) ?? 0);
}

/** As absl parses integers: blanks around it and a sign are allowed, overflow is not. */
function parseInt64(text: string): bigint | undefined {
  const [, sign, digits] = /^[ \t\n\v\f\r]*([+-]?)(\d+)[ \t\n\v\f\r]*$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const value = sign === "-" ? -BigInt(digits) : BigInt(digits);
  return value >= LEAST && value <= MOST ? value : undefined;
}
