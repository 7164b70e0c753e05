import type { Json, JsonObject } from "../../decode/message.ts";
import { items, object, text } from "../json-access.ts";
import { fieldPath } from "../positions.ts";
import { anyType } from "../walk-messages.ts";
import type { Checks, Context } from "./context.ts";
import { formatFault } from "./format-fault.ts";

/**
 * Formats of the access logs of HTTP and TCP; other filters have commands of their own.
 * Source: source/common/formatter/substitution_format_string.cc of Envoy 1.40.
 */
export const logFormatChecks: Checks = {
  "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager": checkLogs,
  "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy": checkLogs,
};

function checkLogs(filter: JsonObject, path: string, context: Context): void {
  for (const [log, where] of items(filter, path, "access_log")) {
    const format = object(log, "typed_config", "log_format");
    const at = `${where}.typed_config.log_format`;
    // What a module adds to the commands is not known here.
    const added = items(format, at, "formatters").map(([one]) => anyType(object(one, "typed_config") ?? {}));
    if (added.some((type) => type.includes(".dynamic_modules."))) continue;
    checkTexts(text(format, "text_format"), `${at}.text_format`, context);
    checkTexts(text(format, "text_format_source", "inline_string"), `${at}.text_format_source`, context);
    checkTexts(object(format, "json_format"), `${at}.json_format`, context);
  }
}

/** Every text in the form of a JSON log is a format of its own. */
function checkTexts(value: Json | undefined, path: string, context: Context): void {
  if (typeof value === "string") {
    const fault = formatFault(value);
    if (fault !== undefined) context.report.error("bad-format", path, fault.message, fault.remedy);
  } else if (Array.isArray(value)) {
    for (const [index, one] of value.entries()) checkTexts(one, `${path}[${index}]`, context);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, one] of Object.entries(value)) checkTexts(one, fieldPath(path, key), context);
  }
}
