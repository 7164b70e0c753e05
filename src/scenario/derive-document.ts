import { Problems } from "../decode/problem.ts";
import type { Setting } from "../decode/setting-path.ts";
import { ScenarioDocument } from "./document.ts";
import { applyToScenario, settingsAt, splitSettings } from "./settings.ts";

/** The document of the base (null) or a variant without its `variants`, `extra` settings applied last, and those of proxies. */
export function deriveDocument(
  original: ScenarioDocument,
  variant: string | null,
  extra: readonly Setting[],
  problems: Problems,
) {
  const own = variant === null ? [] : settingsAt(original, ["variants", variant, "set"]);
  const settings = splitSettings([...own, ...extra], original.keys("proxies"), problems);
  const document = applyToScenario(without(original, "variants"), settings.scenario, problems);
  return { document, settings };
}

/** An Envoy configuration that a scenario names, and what is to be replaced in it. */
export interface NamedConfig {
  readonly proxy: string;
  readonly config: string;
  readonly settings: readonly Setting[];
}

/** The Envoy configurations of the base or of a variant, also of one that `deriveScenario` cannot answer. */
export function namedConfigs(
  original: ScenarioDocument,
  variant: string | null,
  extra: readonly Setting[],
): NamedConfig[] {
  // Problems of the settings have been told by `deriveScenario`.
  const { document, settings } = deriveDocument(original, variant, extra, new Problems());
  return document.keys("proxies").flatMap((proxy) => {
    const config = document.at(["proxies", proxy, "config"]);
    if (typeof config !== "string") return [];
    return [{ proxy, config, settings: settings.proxies.get(proxy) ?? [] }];
  });
}

function without(document: ScenarioDocument, key: string): ScenarioDocument {
  return filtered(document, (each) => each !== key);
}

/** The document with one of its keys alone. */
export function only(document: ScenarioDocument, key: string): ScenarioDocument {
  return filtered(document, (each) => each === key);
}

function filtered(document: ScenarioDocument, keep: (key: string) => boolean): ScenarioDocument {
  const { root } = document;
  if (root.kind !== "map") return document;
  return new ScenarioDocument(document.file, {
    ...root,
    entries: root.entries.filter((entry) => keep(entry.key)),
  });
}
