import { CST, Parser } from "yaml";

/**
 * The keys that a mapping in YAML or JSON begins with, for telling kinds of files apart: names that stand further in
 * say nothing, such as a service called `admin`. Texts with mistakes have keys too; what is no mapping has none.
 */
export function topLevelKeys(text: string): string[] {
  for (const token of new Parser().parse(text)) {
    if (token.type === "document") return keysOf(token.value);
  }
  return [];
}

function keysOf(value: CST.Token | undefined): string[] {
  if (value?.type !== "block-map" && value?.type !== "flow-collection") return [];
  const named = value.items.filter(({ sep }) => sep !== undefined);
  return named.flatMap(({ key }) => CST.resolveAsScalar(key)?.value ?? []);
}
