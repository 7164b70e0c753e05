import type { z } from "zod";
import { flaw } from "./flaw.ts";

/** The keys of which there may be one, as an issue carries them; which of them is too much shows in the file. */
export interface Rivals {
  readonly keys: readonly string[];
  readonly what: string;
}

/** Adds the rule that exactly one of these keys is there; `what` names what they choose, such as `a distribution`. */
export function oneOf<Schema extends z.ZodObject>(schema: Schema, keys: readonly string[], what: string) {
  return schema.superRefine((value, context) => {
    const present = keys.filter((key) => (value as Record<string, unknown>)[key] !== undefined);
    if (present.length === 0) {
      const found = flaw("missing-key", `${what} is missing`, { remedy: `give one of ${keys.join(", ")}` });
      context.addIssue({ code: "custom", params: { flaw: found } });
    } else if (present.length > 1) {
      const rivals: Rivals = { keys: present, what };
      context.addIssue({ code: "custom", params: { rivals } });
    }
  });
}
