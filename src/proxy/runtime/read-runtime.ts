import type { Json, JsonObject, Message } from "../../decode/message.ts";
import type { Runtime } from "./runtime.ts";

/** The static layers of a `bootstrap.v3.LayeredRuntime`: of equal keys that of the last layer counts. */
export function readRuntime(layered: Message | undefined): Runtime {
  const values = new Map<string, Json>();
  for (const layer of layered?.messages("layers") ?? []) {
    layer.string("name");
    const layerValues = layer.raw("static_layer");
    if (layerValues !== undefined) addAll(values, "", layerValues as JsonObject);
  }
  return values;
}

/** A mapping inside is a longer key, except for a fraction. */
function addAll(values: Map<string, Json>, prefix: string, layer: JsonObject): void {
  for (const [key, value] of Object.entries(layer)) {
    if (isMapping(value) && !("numerator" in value)) addAll(values, `${prefix}${key}.`, value);
    else values.set(prefix + key, value);
  }
}

function isMapping(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
