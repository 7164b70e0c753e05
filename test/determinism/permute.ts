/** What YAML and JSON hold. */
type Value = unknown;

/** The maps of a scenario whose keys are names of entries: their order is part of what is said. */
const NAMED = new Set(["proxies", "services", "clients", "variants"]);

/**
 * A scenario with the keys inside every entry in the opposite order, and its own keys, too. Entries keep their
 * order, and so do lists and the settings of a variant, which are applied one after the other.
 */
export function permuteScenario(scenario: Value): Value {
  return reversed(scenario, (key, value) => {
    if (!NAMED.has(key) || !isMapping(value)) return permuteEntry(value);
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, permuteEntry(entry)]));
  });
}

/** Reverses the keys of this mapping and of all below it. */
export function permuteEntry(value: Value): Value {
  if (Array.isArray(value)) return value.map(permuteEntry);
  return reversed(value, (key, part) => (key === "set" ? part : permuteEntry(part)));
}

function reversed(value: Value, inner: (key: string, value: Value) => Value): Value {
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, part]) => [key, inner(key, part)] as const)
      .reverse(),
  );
}

function isMapping(value: Value): value is Readonly<Record<string, Value>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
