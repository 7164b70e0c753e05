import { z } from "zod";
import { parseSettingPath } from "../../decode/setting-path-grammar.ts";
import type { ReadFile } from "../files.ts";
import { adminSchema } from "./admin.ts";
import { distributionSchema } from "./distribution.ts";
import { flaw } from "./flaw.ts";
import { duration, list, object, share, text } from "./leaf.ts";
import type { Rivals } from "./one-of.ts";

/** What a change may do to configuration; checked, but not simulated yet. */
export const configurationChanges = ["set", "members", "weights", "health", "config"] as const;

/** A timed change: what an operator posts to the admin interface of proxies, or another configuration. */
export function changeSchema(readFile: ReadFile) {
  const change = object({
    name: text("a name").optional(),
    at: duration(),
    proxy: text("the name of a proxy").optional(),
    proxies: list(text("the name of a proxy")).optional(),
    share: share().optional(),
    delay: distributionSchema(readFile).optional(),
    admin: adminSchema().optional(),
    set: settingsSchema().optional(),
    members: z.unknown().optional(),
    weights: z.unknown().optional(),
    health: z.unknown().optional(),
    config: text("the path of an Envoy bootstrap").optional(),
    cluster: text("the name of an Envoy cluster").optional(),
  });
  return change.superRefine((value, context) => {
    const has = (key: string) => value[key as keyof typeof value] !== undefined;
    const add = (params: Readonly<Record<string, unknown>>, path: string[] = []) =>
      context.addIssue({ code: "custom", path, params });
    if (value.share === 0) add({ flaw: noReplica }, ["share"]);
    const others = [...configurationChanges, "cluster"].filter(has);
    if (!has("admin")) {
      if (configurationChanges.some(has)) return;
      const remedy = `give one of admin, ${configurationChanges.join(", ")}`;
      add({ flaw: flaw("missing-key", "it is not said what changes", { remedy }) });
    } else if (others.length > 0) {
      add({ rivals: { keys: ["admin", others[0]!], what: "what a change does" } satisfies Rivals });
    } else if (!has("proxy") && !has("proxies")) {
      const remedy = "give proxy: NAME, or proxies: [ NAME, ... ]";
      add({ flaw: flaw("missing-key", "it is not said to which proxy this is posted", { remedy }) });
    } else if (has("proxy") && has("proxies")) {
      add({ rivals: { keys: ["proxy", "proxies"], what: "whom a change concerns" } satisfies Rivals });
    }
  });
}

const noReplica = flaw("out-of-range", "this share is of no replica at all", {
  remedy: "name a share above 0%",
});

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
