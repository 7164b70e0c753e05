import { z } from "zod";
import { parseSettingPath } from "../../decode/setting-path-grammar.ts";
import type { ReadFile } from "../files.ts";
import { distributionSchema } from "./distribution.ts";
import { flaw } from "./flaw.ts";
import { duration, list, object, share, text } from "./leaf.ts";

/** A timed change of configuration; checked, but not simulated yet. */
export function changeSchema(readFile: ReadFile) {
  const change = object({
    name: text("a name").optional(),
    at: duration(),
    proxy: text("the name of a proxy").optional(),
    proxies: list(text("the name of a proxy")).optional(),
    share: share().optional(),
    delay: distributionSchema(readFile).optional(),
    set: settingsSchema().optional(),
    members: z.unknown().optional(),
    weights: z.unknown().optional(),
    health: z.unknown().optional(),
    config: text("the path of an Envoy bootstrap").optional(),
    cluster: text("the name of an Envoy cluster").optional(),
  });
  return change.superRefine((value, context) => {
    if (["set", "members", "weights", "health", "config"].some((key) => value[key as "set"] !== undefined))
      return;
    const found = flaw("missing-key", "it is not said what changes", {
      remedy: "give one of set, members, weights, health, config",
    });
    context.addIssue({ code: "custom", params: { flaw: found } });
  });
}

/** Paths and what replaces the values there; only the form of the paths is checked. */
function settingsSchema() {
  return z.record(z.string(), z.unknown()).superRefine((settings, context) => {
    for (const key of Object.keys(settings)) {
      const path = key.replace(/^[^[:]*:/, "");
      const parsed = parseSettingPath(path);
      if (parsed.ok) continue;
      const found = flaw("path-syntax", parsed.message);
      context.addIssue({ code: "custom", path: [key], params: { flaw: found, which: "key" } });
    }
  });
}
