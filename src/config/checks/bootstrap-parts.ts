import { isIP } from "node:net";
import type { Json } from "../../decode/message.ts";
import { at, items, object, text } from "../json-access.ts";
import type { Checks } from "./context.ts";

/**
 * Sources: source/common/runtime/runtime_impl.cc, source/server/server.cc, source/server/configuration_impl.cc and
 * source/common/stats/tag_extractor_impl.cc of Envoy 1.40.
 */
export const bootstrapPartChecks: Checks = {
  "envoy.config.bootstrap.v3.Admin": (admin, path, { report }) => {
    const socket = object(admin, "address", "socket_address");
    const host = text(socket, "address");
    if (host === "" || isIP(host) !== 0 || text(socket, "resolver_name") !== "") return;
    report.error(
      "bad-address",
      `${path}.address.socket_address.address`,
      `"${host}" is not an IP address`,
      "the admin page needs one, such as 127.0.0.1",
    );
  },
  "envoy.config.bootstrap.v3.LayeredRuntime": (runtime, path, { report }) => {
    const names = new Set<string>();
    let admins = 0;
    for (const [layer, where] of items(runtime, path, "layers")) {
      const name = text(layer, "name");
      if (names.has(name) && name !== "") {
        const message = `there are two runtime layers named "${name}"`;
        report.error("duplicate-name", `${where}.name`, message, "rename one of them");
      }
      names.add(name);
      if (layer.admin_layer !== undefined && ++admins === 2)
        report.error("too-many", `${where}.admin_layer`, "at most one runtime layer may be the admin layer");
    }
  },
  "envoy.config.metrics.v3.TagSpecifier": (tag, path, { report }) => {
    const regex = text(tag, "regex");
    const name = text(tag, "tag_name");
    if (name === "") report.error("required", path, "the tag has no tag_name");
    // Envoy has expressions of its own for the tags that it names.
    if (regex === "" && tag.fixed_value === undefined && !name.startsWith("envoy.") && name !== "") {
      const message = `the tag "${name}" has no regex, and Envoy has none for it`;
      report.error("required", path, message, "add regex, or fixed_value");
    }
    if (regex !== "" && !isRegex(regex))
      report.error("bad-regex", `${path}.regex`, `"${regex}" is not a regular expression`);
  },
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

/** Tags are extracted with the C++ library's ECMAScript expressions, whose grammar is that of this language. */
function isRegex(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
