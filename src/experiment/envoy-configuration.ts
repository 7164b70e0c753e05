const ENVOY_KEY =
  /^\s*["']?(static_resources|dynamic_resources|staticResources|dynamicResources|admin|node|configs)["']?\s*:/m;

/** Whether a text is an Envoy configuration and not a scenario: it has the keys of one. */
export function isEnvoyConfiguration(text: string): boolean {
  return ENVOY_KEY.test(text);
}
