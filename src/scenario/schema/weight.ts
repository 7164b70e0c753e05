import { parseShare } from "../../decode/quantity.ts";
import { describeValue } from "./describe-value.ts";
import { flaw, type Read } from "./flaw.ts";
import { leaf } from "./leaf.ts";

/** A weight: a percentage or a plain number; what counts is its proportion to the other weights. */
export function weight() {
  const keywords = {
    anyOf: [
      { type: "string", pattern: "^\\d+(\\.\\d*)?%$" },
      { type: "number", exclusiveMinimum: 0 },
    ],
  };
  return leaf(keywords, (value): Read<number> => {
    if (typeof value !== "number" && typeof value !== "string") {
      return flaw("wrong-type", `${describeValue(value)}, but a weight is wanted, such as 3 or 90%`);
    }
    const parsed: Read<number> = typeof value === "number" ? { ok: true, value } : parseShare(value);
    if (!parsed.ok || (parsed.value > 0 && Number.isFinite(parsed.value))) return parsed;
    return flaw("out-of-range", `${value} is out of range; a weight is more than 0`);
  });
}
