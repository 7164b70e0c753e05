import type { JsonObject } from "../../decode/message.ts";
import { items, text } from "../json-access.ts";
import type { Check, Checks, Context } from "./context.ts";
import { formatFault } from "./format-fault.ts";

const OWNERS = [
  "RouteConfiguration",
  "VirtualHost",
  "Route",
  "WeightedCluster.ClusterWeight",
  "WeightedCluster",
];

/** Headers that routes add and remove: source/common/router/header_parser.cc of Envoy 1.40. */
export const headerChecks: Checks = Object.fromEntries(
  OWNERS.map((owner): [string, Check] => [`envoy.config.route.v3.${owner}`, checkHeaders]),
);

function checkHeaders(message: JsonObject, path: string, context: Context): void {
  for (const field of ["request_headers_to_add", "response_headers_to_add"]) {
    for (const [option, where] of items(message, path, field)) checkAdded(option, where, context);
  }
  for (const field of ["request_headers_to_remove", "response_headers_to_remove"]) {
    const names = (message[field] as string[] | undefined) ?? [];
    for (const [index, name] of names.entries()) {
      if (isRoutingHeader(name)) {
        context.report.error(
          "not-possible-here",
          `${path}.${field}[${index}]`,
          `the header "${name}" cannot be removed`,
        );
      }
    }
  }
}

function isRoutingHeader(name: string): boolean {
  return name.startsWith(":") || name.toLowerCase() === "host";
}

function checkAdded(option: JsonObject, path: string, { report }: Context): void {
  const name = text(option, "header", "key");
  if (isRoutingHeader(name)) {
    const remedy = "use host_rewrite_literal or prefix_rewrite of the route";
    report.error(
      "not-possible-here",
      `${path}.header.key`,
      `the header "${name}" cannot be changed here`,
      remedy,
    );
  }
  if (option.append !== undefined && option.append_action !== undefined) {
    report.error(
      "two-of-one",
      `${path}.append`,
      "append cannot be set together with append_action",
      "remove append, which is deprecated",
    );
  }
  const fault = formatFault(text(option, "header", "value"));
  if (fault !== undefined) report.error("bad-format", `${path}.header.value`, fault.message, fault.remedy);
}
