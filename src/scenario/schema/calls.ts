import { z } from "zod";
import { list, object, share, text } from "./leaf.ts";
import { requestSchema } from "./request.ts";

/** What a service asks of others while it serves; checked, but not simulated yet. */
export function callsSchema() {
  return list(
    object({
      to: text("the name of a proxy or a service"),
      listener: text("the name of a listener").optional(),
      request: requestSchema().optional(),
      share: share().optional(),
      at: share().optional(),
      together: z.boolean().optional(),
      async: z.boolean().optional(),
      optional: z.boolean().optional(),
    }),
  );
}
