import { topLevelKeys } from "../decode/top-level-keys.ts";

const envoyKeys: readonly string[] = [
  "static_resources",
  "dynamic_resources",
  "staticResources",
  "dynamicResources",
  "admin",
  "node",
  "configs",
];

/** Whether a text is an Envoy configuration and not a scenario: it has the keys of one. */
export function isEnvoyConfiguration(text: string): boolean {
  return topLevelKeys(text).some((key) => envoyKeys.includes(key));
}
