import type { Json } from "../../decode/message.ts";
import { at, object } from "../json-access.ts";
import type { Checks } from "./context.ts";

/** Sources: source/common/runtime/runtime_impl.cc, source/server/server.cc of Envoy 1.40. */
export const bootstrapPartChecks: Checks = {
  "envoy.config.bootstrap.v3.RuntimeLayer": (layer, path, { report }) => {
    for (const [key, value] of Object.entries(object(layer, "static_layer") ?? {})) {
      if (!Array.isArray(value)) continue;
      report.error(
        "wrong-type",
        `${path}.static_layer.${key}`,
        `the runtime value "${key}" cannot be a list`,
      );
    }
  },
  "envoy.config.bootstrap.v3.Bootstrap.ApplicationLogConfig.LogFormat": (format, path, { report }) => {
    for (const flag of forbiddenFlags(at(format, "json_format"))) {
      const message = `the flag ${flag} is not possible in JSON log formats`;
      report.error(
        "bad-format",
        `${path}.json_format`,
        message,
        "Envoy adds the message itself; %j is the escaped one",
      );
    }
  },
};

/** The unescaped message would break the JSON. */
function forbiddenFlags(format: Json | undefined): string[] {
  if (typeof format === "string") return ["%v", "%_"].filter((flag) => format.includes(flag));
  return typeof format === "object" && format !== null ? Object.values(format).flatMap(forbiddenFlags) : [];
}
